import Foundation

/// A drawing that grows by shapes; colours are those of the page, in light and dark.
struct SVGCanvas {
  /// A colour of the page's style sheet, with the one to use where there is no style sheet.
  struct Ink {
    let css: String

    static let text = Ink(css: "var(--ink,#1c2024)")
    static let muted = Ink(css: "var(--muted,#667079)")
    static let grid = Ink(css: "var(--grid,#e4e7ea)")
    static let paper = Ink(css: "var(--card,#ffffff)")
    static let accent = series(0)
    static let heat = Ink(css: "var(--heat-1,#2563a8)")
    static let white = Ink(css: "#ffffff")

    private static let fallback = [
      "#2563a8", "#c2621b", "#1d8068", "#7b52ab", "#b23a48", "#59646e",
    ]

    static func series(_ index: Int) -> Ink {
      let place = index % fallback.count
      return Ink(css: "var(--series-\(place + 1),\(fallback[place]))")
    }
  }

  let width: Double
  let height: Double
  private(set) var body = ""
  /// Where numbers lie from left to right, for scripts that look for the number under a pointer.
  var horizontal: PlotScale?

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ ink: Ink, width: Double = 1,
    dash: String? = nil
  ) {
    let dashes = dash.map { ";stroke-dasharray:\($0)" } ?? ""
    body += "<line x1=\"\(Self.text(from.x))\" y1=\"\(Self.text(from.y))\""
    body += " x2=\"\(Self.text(to.x))\" y2=\"\(Self.text(to.y))\""
    body += " style=\"stroke:\(ink.css);stroke-width:\(Self.text(width))\(dashes)\"/>"
  }

  mutating func path(
    _ points: [(x: Double, y: Double)], _ ink: Ink, width: Double = 2, dash: String? = nil
  ) {
    guard points.count > 1 else { return }
    let dashes = dash.map { ";stroke-dasharray:\($0)" } ?? ""
    body += "<path d=\"\(Self.outline(points))\" style=\"fill:none;stroke:\(ink.css)"
    body += ";stroke-width:\(Self.text(width));stroke-linejoin:round\(dashes)\"/>"
  }

  mutating func area(_ points: [(x: Double, y: Double)], _ ink: Ink, opacity: Double) {
    guard points.count > 2 else { return }
    body += "<path d=\"\(Self.outline(points))Z\""
    body += " style=\"fill:\(ink.css);fill-opacity:\(Self.text(opacity))\"/>"
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ ink: Ink, opacity: Double = 1
  ) {
    body += "<rect x=\"\(Self.text(x))\" y=\"\(Self.text(y))\""
    body += " width=\"\(Self.text(max(width, 0)))\" height=\"\(Self.text(max(height, 0)))\""
    body += " style=\"fill:\(ink.css);fill-opacity:\(Self.text(opacity))\"/>"
  }

  /// A place, and its width and height.
  typealias Tile = (x: Double, y: Double, width: Double, height: Double)

  /// Rectangles of one colour that may touch, without seams between them.
  mutating func tiles(_ tiles: [Tile], _ ink: Ink, opacity: Double) {
    guard !tiles.isEmpty else { return }
    let outline = tiles.map { tile in
      "M\(Self.text(tile.x)) \(Self.text(tile.y))h\(Self.text(tile.width))"
        + "v\(Self.text(tile.height))h\(Self.text(-tile.width))z"
    }
    body += "<path d=\"\(outline.joined())\" shape-rendering=\"crispEdges\""
    body += " style=\"fill:\(ink.css);fill-opacity:\(Self.text(opacity))\"/>"
  }

  /// A mark whose shape also tells series apart.
  mutating func mark(_ x: Double, _ y: Double, series index: Int) {
    let ink = Ink.series(index)
    let shapes: [[(x: Double, y: Double)]] = [
      [], [(-3.4, -3.4), (3.4, -3.4), (3.4, 3.4), (-3.4, 3.4)],
      [(0, -4.6), (4.4, 3.4), (-4.4, 3.4)], [(0, -4.8), (4.8, 0), (0, 4.8), (-4.8, 0)],
    ]
    let shape = shapes[index % shapes.count]
    let style = "style=\"fill:\(ink.css);stroke:\(Ink.paper.css);stroke-width:1\""
    if shape.isEmpty {
      body += "<circle cx=\"\(Self.text(x))\" cy=\"\(Self.text(y))\" r=\"3.8\" \(style)/>"
    } else {
      let outline = Self.outline(shape.map { (x: x + $0.x, y: y + $0.y) })
      body += "<path d=\"\(outline)Z\" \(style)/>"
    }
  }

  /// Small marks of one series without edges: a cloud of points, as one path of lines without length.
  mutating func dots(_ places: [(x: Double, y: Double)], series index: Int, opacity: Double) {
    guard !places.isEmpty else { return }
    let outline = places.map { "M\(Self.text($0.x)) \(Self.text($0.y))h0" }.joined()
    body += "<path d=\"\(outline)\" style=\"fill:none;stroke:\(Ink.series(index).css)"
    body += ";stroke-width:3.2;stroke-linecap:round;stroke-opacity:\(Self.text(opacity))\"/>"
  }

  /// An empty circle.
  mutating func ring(_ x: Double, _ y: Double, _ ink: Ink, radius: Double = 2.6) {
    body += "<circle cx=\"\(Self.text(x))\" cy=\"\(Self.text(y))\" r=\"\(Self.text(radius))\""
    body += " style=\"fill:\(Ink.paper.css);stroke:\(ink.css);stroke-width:1.3\"/>"
  }

  mutating func write(
    _ string: String, x: Double, y: Double, anchor: String = "start", ink: Ink = .muted,
    size: Double = 12, bold: Bool = false, turn: Double? = nil
  ) {
    let place = "x=\"\(Self.text(x))\" y=\"\(Self.text(y))\""
    let turned = turn.map {
      " transform=\"rotate(\(Self.text($0)) \(Self.text(x)) \(Self.text(y)))\""
    }
    let weight = bold ? ";font-weight:600" : ""
    body += "<text \(place) text-anchor=\"\(anchor)\"\(turned ?? "")"
    body += " style=\"fill:\(ink.css);font-size:\(Self.text(size))px\(weight)\">"
    body += HTML.escaped(string) + "</text>"
  }

  /// The whole drawing, with what it shows for those who cannot see it.
  func svg(label: String, className: String = "") -> String {
    let name = className.isEmpty ? "" : " class=\"\(className)\""
    let places = horizontal.map { scale in
      let numbers = [scale.start, scale.end, scale.domain.lowerBound, scale.domain.upperBound]
      return " data-x=\"\(numbers.map { "\($0)" }.joined(separator: " "))\""
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\"\(name)\(places ?? "")"
      + " viewBox=\"0 0 \(Self.text(width)) \(Self.text(height))\" role=\"img\""
      + " aria-label=\"\(HTML.escaped(label))\""
      + " style=\"font-family:inherit\">\(body)</svg>"
  }

  /// Roughly how wide a text of 12 pixels is.
  static func width(of string: String) -> Double { Double(string.count) * 6 }

  private static func outline(_ points: [(x: Double, y: Double)]) -> String {
    points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(text(point.x)) \(text(point.y))"
    }.joined()
  }

  private static func text(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    var text = String(format: "%.2f", value)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }
}
