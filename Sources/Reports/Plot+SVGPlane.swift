extension Plot.Plane {
  /// How many shades of a class there are between a guess and certainty.
  private static let shades = 8
  /// The opacity of certainty: less behind lines.
  var darkest: Double { ways.isEmpty ? 0.5 : 0.25 }

  private var ranges: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    (x.range ?? 0...1, y.range ?? 0...1)
  }

  /// As high as makes the plane square beside the numbers of its axes.
  func height(atWidth width: Double) -> Double {
    PlotFrame.squareHeight(width: width, keys: keys, yAxis: y, yDomain: ranges.y)
  }

  private var keys: [PlotFrame.Key] {
    let names = classes.enumerated().map { PlotFrame.Key(name: $1, colour: $0) }
    guard !ways.isEmpty else { return names }
    let plan = PlotFrame.Key(name: Self.planName, colour: nil, line: Self.planLine)
    return names + [
      PlotFrame.Key(name: Self.boundaryName, colour: nil, line: Self.boundaryLine),
      PlotFrame.Key(name: Self.stepName, colour: nil, line: (.text, 1.2, nil), hasRing: true),
    ] + (ways.contains { $0.image != nil } ? [plan] : [])
  }

  /// What the legend calls the boundary, a step and what a plan pairs.
  static var boundaryName: String { "boundary" }
  static var stepName: String { "one step" }
  static var planName: String { "transport" }

  private static var boundaryLine: (ink: SVGCanvas.Ink, width: Double, dash: String?) {
    (.series(4), 2, "6 3")
  }
  private static var planLine: (ink: SVGCanvas.Ink, width: Double, dash: String?) {
    (.muted, 1, "1.5 3")
  }

  func draw(on canvas: inout SVGCanvas) {
    let frame = PlotFrame(
      on: &canvas, xAxis: x, yAxis: y, xDomain: ranges.x, yDomain: ranges.y, keys: keys)
    drawAnswers(in: frame, on: &canvas)
    let line = ways.isEmpty ? (ink: .text, width: 1.6, dash: nil) : Self.boundaryLine
    // Pieces that follow one another are one line, or dashes would begin anew at every one.
    for curve in curves {
      for part in curve.split(whereSeparator: { !isShown($0) }) {
        canvas.path(part.map { place($0, frame) }, line.ink, width: line.width, dash: line.dash)
      }
    }
    let shown = examples.filter { isShown(SIMD2($0.x, $0.y)) }
    guard ways.isEmpty else {
      for label in classes.indices {
        let cloud = shown.filter { $0.label == label }.map { place(SIMD2($0.x, $0.y), frame) }
        canvas.dots(cloud, series: label, opacity: 0.6)
      }
      return drawWays(in: frame, on: &canvas)
    }
    for example in shown {
      let spot = place(SIMD2(example.x, example.y), frame)
      canvas.mark(spot.x, spot.y, series: example.label)
    }
  }

  private func place(_ place: SIMD2<Double>, _ frame: PlotFrame) -> (x: Double, y: Double) {
    (frame.x.place(place.x), frame.y.place(place.y))
  }

  private func isShown(_ place: SIMD2<Double>) -> Bool {
    ranges.x.contains(place.x) && ranges.y.contains(place.y)
  }

  /// Lines first, so that no line crosses a mark.
  private func drawWays(in frame: PlotFrame, on canvas: inout SVGCanvas) {
    func line(
      _ from: SIMD2<Double>, _ to: SIMD2<Double>, _ ink: SVGCanvas.Ink, _ width: Double,
      _ dash: String?
    ) {
      guard isShown(from), let end = cut(from, to) else { return }
      canvas.path([place(from, frame), place(end, frame)], ink, width: width, dash: dash)
    }
    for way in ways {
      if let image = way.image {
        line(way.end, image, Self.planLine.ink, Self.planLine.width, Self.planLine.dash)
      }
    }
    for way in ways { line(SIMD2(way.start.x, way.start.y), way.end, .text, 1.2, nil) }
    for way in ways where isShown(SIMD2(way.start.x, way.start.y)) {
      let start = place(SIMD2(way.start.x, way.start.y), frame)
      canvas.mark(start.x, start.y, series: way.start.label)
      guard isShown(way.end) else { continue }
      let end = place(way.end, frame)
      canvas.ring(end.x, end.y, .text)
    }
  }

  /// Where a line from a place that is shown leaves the picture, or its end.
  private func cut(_ from: SIMD2<Double>, _ to: SIMD2<Double>) -> SIMD2<Double>? {
    guard to.x.isFinite, to.y.isFinite else { return nil }
    let way = to - from
    func share(_ start: Double, _ step: Double, _ range: ClosedRange<Double>) -> Double {
      step == 0 ? 1 : ((step > 0 ? range.upperBound : range.lowerBound) - start) / step
    }
    return from + way * min(1, share(from.x, way.x, ranges.x), share(from.y, way.y, ranges.y))
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
        opacity: darkest * Double(tone.shade) / Double(Self.shades))
    }
  }
}
