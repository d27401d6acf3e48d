/// The axes of a plot: where its data goes, with grid, numbers, titles and legend around it.
struct PlotFrame {
  /// An entry of the legend.
  struct Key {
    let name: String
    /// Which of the colours, or nil for the grey dashes of a reference and for a bound.
    let colour: Int?
    /// Whether it is a line in the colour of text.
    var isBound = false
    /// How the line is drawn, where it is not as the others.
    var line: (ink: SVGCanvas.Ink, width: Double, dash: String?)?
    /// Whether the line ends in a ring.
    var hasRing = false

    var ink: SVGCanvas.Ink { isBound ? .text : colour.map(SVGCanvas.Ink.series) ?? .muted }
  }

  let x: PlotScale
  let y: PlotScale

  /// Lays out the axes and draws everything but the data.
  init(
    on canvas: inout SVGCanvas, xAxis: Plot.Axis, yAxis: Plot.Axis, xDomain: ClosedRange<Double>,
    yDomain: ClosedRange<Double>, keys: [Key], bottom: Double = 46, numbersBelow: Bool = true
  ) {
    let top = Self.drawLegend(keys, on: &canvas) + 12
    let floor = canvas.height - bottom
    let vertical = PlotScale(domain: yDomain, start: floor, end: top)
    let count = max(2, Int((floor - top) / 44))
    let labels = Self.labels(vertical.ticks(atMost: count), of: yAxis)
    let widest = labels.map { SVGCanvas.width(of: $0.1) }.max() ?? 0
    let left = 30 + widest
    x = PlotScale(domain: xDomain, start: left, end: canvas.width - 14)
    y = vertical
    for (value, label) in labels {
      let place = y.place(value)
      canvas.line((left, place), (x.end, place), .grid)
      canvas.write(Self.tidy(label), x: left - 8, y: place + 4, anchor: "end")
    }
    canvas.line((left, floor), (x.end, floor), .muted)
    canvas.write(
      yAxis.title, x: 12, y: (top + floor) / 2, anchor: "middle", turn: -90)
    canvas.write(
      xAxis.title, x: (left + x.end) / 2, y: canvas.height - 6, anchor: "middle")
    guard numbersBelow else { return }
    for (value, label) in Self.labels(x.ticks(atMost: max(2, Int((x.end - left) / 62))), of: xAxis)
    {
      let place = x.place(value)
      canvas.line((place, floor), (place, floor + 4), .muted)
      canvas.write(Self.tidy(label), x: place, y: floor + 18, anchor: "middle")
    }
  }

  /// Numbers with their texts; of those that are the same when rounded, the one that the text is nearest to.
  private static func labels(_ values: [Double], of axis: Plot.Axis) -> [(Double, String)] {
    var labels: [(Double, String)] = []
    for value in values {
      let text = axis.text(value)
      guard let last = labels.last, last.1 == text else {
        labels.append((value, text))
        continue
      }
      guard let exact = Double(text), abs(value - exact) < abs(last.0 - exact) else { continue }
      labels[labels.count - 1] = (value, text)
    }
    return labels
  }

  /// `40%` instead of `40.0%`.
  private static func tidy(_ label: String) -> String {
    label.hasSuffix(".0%") ? label.dropLast(3) + "%" : label
  }

  /// Draws the legend at the top, in as many lines as it takes.
  ///
  /// - Returns: its height.
  private static func drawLegend(_ keys: [Key], on canvas: inout SVGCanvas) -> Double {
    let (places, height) = legend(keys, width: canvas.width)
    for (key, place) in zip(keys, places) {
      let (x, y) = (place.x, place.y)
      let dash = key.colour == nil && !key.isBound ? "4 3" : nil
      let line = key.line ?? (key.ink, 2, dash)
      canvas.line((x, y - 4), (x + 20, y - 4), line.ink, width: line.width, dash: line.dash)
      if let colour = key.colour { canvas.mark(x + 10, y - 4, series: colour) }
      if key.hasRing { canvas.ring(x + 20, y - 4, line.ink) }
      canvas.write(place.name, x: x + 26, y: y, ink: .text)
    }
    return height
  }

  private typealias LegendPlace = (name: String, x: Double, y: Double)

  /// Where entries stand, in as many lines as it takes, and the height of all.
  private static func legend(
    _ keys: [Key], width: Double
  ) -> (places: [LegendPlace], height: Double) {
    guard keys.count > 1 else { return ([], 0) }
    var (x, y) = (12.0, 14.0)
    let places = keys.map { key -> LegendPlace in
      let longest = Int((width - 60) / SVGCanvas.width(of: "x"))
      let name = key.name.count > longest ? key.name.prefix(longest - 1) + "…" : key.name
      let length = 26 + SVGCanvas.width(of: name) + 16
      if x + length > width, x > 12 { (x, y) = (12, y + 18) }
      defer { x += length }
      return (name, x, y)
    }
    return (places, y + 6)
  }

  /// How high a drawing must be for a square frame, by its width and what stands around the frame.
  static func squareHeight(
    width: Double, keys: [Key], yAxis: Plot.Axis, yDomain: ClosedRange<Double>,
    bottom: Double = 46
  ) -> Double {
    // How many numbers the axis has depends on the height a little: as many as it has on such a width.
    let ticks = PlotScale(domain: yDomain, start: width, end: 0).ticks(
      atMost: max(2, Int(width * 0.85 / 44)))
    let widest = ticks.map { SVGCanvas.width(of: yAxis.text($0)) }.max() ?? 0
    return width - 14 - 30 - widest + legend(keys, width: width).height + 12 + bottom
  }
}
