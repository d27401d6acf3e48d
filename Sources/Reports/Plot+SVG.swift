extension Plot {
  /// The size of a drawing, in pixels of 12-pixel text.
  public enum DrawingSize: Sendable, Hashable {
    /// For screens: 520 wide.
    case wide
    /// For phones: 340 wide.
    case narrow
  }

  /// The plot as a self-contained SVG element, without its title and caption.
  ///
  /// It follows the colours of the page that it stands in, and has colours of its own elsewhere.
  public func svg(size: DrawingSize = .wide) -> String {
    if case .slides(let slides) = content {
      return slides.shown.map { $0.svg(size: size) }.joined()
    }
    let isWide = size == .wide
    var canvas = SVGCanvas(width: isWide ? 520 : 340, height: isWide ? 320 : 270)
    switch content {
    case .lines(let lines): lines.draw(on: &canvas)
    case .histogram(let histogram): histogram.draw(on: &canvas)
    case .bars(let bars): bars.draw(on: &canvas)
    case .heatmap(let heatmap):
      canvas = SVGCanvas(width: canvas.width, height: heatmap.height(atWidth: canvas.width))
      heatmap.draw(on: &canvas)
    case .plane(let plane):
      canvas = SVGCanvas(width: canvas.width, height: plane.height(atWidth: canvas.width))
      plane.draw(on: &canvas)
    case .picture(let picture):
      canvas = SVGCanvas(width: canvas.width, height: 140)
      picture.draw(on: &canvas)
    case .slides: break
    }
    return canvas.svg(label: "\(title). \(caption)", className: isWide ? "wide" : "narrow")
  }
}

extension Plot.Lines {
  fileprivate func draw(on canvas: inout SVGCanvas) {
    let points = series.flatMap(\.points)
    let heights = points.flatMap { [$0.y, $0.low ?? $0.y, $0.high ?? $0.y] }
    var colour = -1
    let keys = series.map { curve -> PlotFrame.Key in
      if curve.style.isColoured { colour += 1 }
      return PlotFrame.Key(
        name: curve.name, colour: curve.style.isColoured ? colour : nil,
        isBound: curve.style == .bound)
    }
    let frame = PlotFrame(
      on: &canvas, xAxis: x, yAxis: y, xDomain: PlotScale.domain(of: x, holding: points.map(\.x)),
      yDomain: PlotScale.domain(of: y, holding: heights),
      // One without points keeps its colour for where it has some.
      keys: zip(series, keys).filter { !$0.0.points.isEmpty }.map(\.1))
    canvas.horizontal = frame.x
    for (curve, key) in zip(series, keys) { curve.drawBand(in: frame, ink: key.ink, on: &canvas) }
    for (curve, key) in zip(series, keys) { curve.drawLine(in: frame, key: key, on: &canvas) }
  }
}

extension Plot.Series {
  /// The stretches between gaps.
  private var runs: [[Point]] {
    points.split { !($0.x.isFinite && $0.y.isFinite) }.map(Array.init)
  }

  fileprivate func drawBand(
    in frame: PlotFrame, ink: SVGCanvas.Ink, on canvas: inout SVGCanvas
  ) {
    for run in runs {
      let banded = run.filter { $0.low?.isFinite == true && $0.high?.isFinite == true }
      let lower = banded.map { (x: frame.x.place($0.x), y: frame.y.place($0.low ?? $0.y)) }
      let upper = banded.map { (x: frame.x.place($0.x), y: frame.y.place($0.high ?? $0.y)) }
      canvas.area(upper + lower.reversed(), ink, opacity: 0.16)
    }
  }

  fileprivate func drawLine(
    in frame: PlotFrame, key: PlotFrame.Key, on canvas: inout SVGCanvas
  ) {
    for run in runs {
      let places = run.map { (x: frame.x.place($0.x), y: frame.y.place($0.y)) }
      let isReference = style == .reference
      if style != .points {
        canvas.path(places, key.ink, width: isReference ? 1.2 : 2, dash: isReference ? "4 3" : nil)
      }
      if style == .marked || style == .points, let colour = key.colour {
        for place in places { canvas.mark(place.x, place.y, series: colour) }
      }
    }
  }
}
