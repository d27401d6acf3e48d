extension Plot.Plane {
  /// How many shades of a class there are between a guess and certainty.
  private static let shades = 8
  private static let darkest = 0.5

  /// As high as makes the plane square beside the numbers of its axes.
  func height(atWidth width: Double) -> Double { width - 10 }

  func draw(on canvas: inout SVGCanvas) {
    let ranges = (x.range ?? 0...1, y.range ?? 0...1)
    let frame = PlotFrame(
      on: &canvas, xAxis: x, yAxis: y, xDomain: ranges.0, yDomain: ranges.1,
      keys: classes.enumerated().map { PlotFrame.Key(name: $1, colour: $0) })
    drawAnswers(in: frame, on: &canvas)
    for piece in boundary {
      guard let ends = clipped(piece, ranges.0, ranges.1) else { continue }
      canvas.path(
        ends.map { (x: frame.x.place($0.x), y: frame.y.place($0.y)) }, .text, width: 1.6)
    }
    for example in examples
    where ranges.0.contains(example.x) && ranges.1.contains(example.y) {
      canvas.mark(frame.x.place(example.x), frame.y.place(example.y), series: example.label)
    }
  }

  private func clipped(
    _ piece: Segment, _ x: ClosedRange<Double>, _ y: ClosedRange<Double>
  ) -> [SIMD2<Double>]? {
    guard piece.x.count == 2, piece.y.count == 2, piece.x.allSatisfy(x.contains),
      piece.y.allSatisfy(y.contains)
    else { return nil }
    return [SIMD2(piece.x[0], piece.y[0]), SIMD2(piece.x[1], piece.y[1])]
  }

  /// Neighbours in a row of one class and shade are one rectangle, and all rectangles of one class and
  /// shade are one path: a fine grid stays a small file.
  private func drawAnswers(in frame: PlotFrame, on canvas: inout SVGCanvas) {
    struct Tone: Hashable, Comparable {
      let label: Int
      let shade: Int
      static func < (a: Tone, b: Tone) -> Bool { (a.label, a.shade) < (b.label, b.shade) }
    }
    var tiles: [Tone: [SVGCanvas.Tile]] = [:]
    let height = abs(frame.y.end - frame.y.start) / Double(max(answers.count, 1))
    for (row, cells) in answers.enumerated() {
      let width = (frame.x.end - frame.x.start) / Double(max(cells.count, 1))
      let top = frame.y.start - Double(row + 1) * height
      let tones = cells.map { cell -> Tone? in
        guard cell.probability.isFinite, cell.label >= 0 else { return nil }
        let shade = Int((certainty(cell) * Double(Self.shades)).rounded())
        return shade == 0 ? nil : Tone(label: cell.label, shade: shade)
      }
      var start = 0
      while start < tones.count {
        let end = tones[start...].firstIndex { $0 != tones[start] } ?? tones.count
        if let tone = tones[start] {
          tiles[tone, default: []].append(
            (frame.x.start + Double(start) * width, top, Double(end - start) * width, height))
        }
        start = end
      }
    }
    for (tone, places) in tiles.sorted(by: { $0.key < $1.key }) {
      canvas.tiles(
        places, .series(tone.label),
        opacity: Self.darkest * Double(tone.shade) / Double(Self.shades))
    }
  }
}
