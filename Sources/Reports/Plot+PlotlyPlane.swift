extension Plot.Plane {
  /// One layer of colour a class, the boundary, and the examples of each class.
  var plotly: JSONValue {
    let layers = classes.indices.map(layer)
    let examples = classes.indices.map(marks)
    return [
      "data": .array(layers + [line] + examples),
      "layout": Plot.layout(
        x: axis(x, anchor: nil), y: axis(y, anchor: isSquare ? "x" : nil),
        legend: classes.count > 1),
    ]
  }

  /// Equal units on both axes keep angles, where the axes are of one length.
  private var isSquare: Bool {
    let lengths = [x, y].map { ($0.range?.upperBound ?? 1) - ($0.range?.lowerBound ?? 0) }
    return abs(lengths[0] - lengths[1]) <= 1e-9 * abs(lengths[0])
  }

  private func axis(_ axis: Plot.Axis, anchor: String?) -> JSONValue {
    guard case .object(var object) = axis.plotly(isGridded: false) else { return nil }
    object["range"] = .array([
      JSONValue(axis.range?.lowerBound ?? 0), JSONValue(axis.range?.upperBound ?? 1),
    ])
    object["constrain"] = "domain"
    if let anchor { object["scaleanchor"] = .string(anchor) }
    return .object(object)
  }

  private func layer(of label: Int) -> JSONValue {
    let ink = "--series-\(label % 6 + 1)"
    let shades = answers.map { row in
      JSONValue.array(
        row.map { JSONValue($0.label == label ? Self.rounded(certainty($0)) : nil) })
    }
    let numbers = answers.map { row in
      JSONValue.array(
        row.map { JSONValue($0.label == label ? Self.rounded($0.probability) : nil) })
    }
    return [
      "type": "heatmap", "z": .array(shades), "customdata": .array(numbers),
      "x": .array(
        Self.middles(of: x, count: answers.map(\.count).max() ?? 0).map { JSONValue($0) }),
      "y": .array(Self.middles(of: y, count: answers.count).map { JSONValue($0) }),
      "zmin": 0, "zmax": 1, "showscale": false, "hoverongaps": false,
      "colorscale": [[0, .string("\(ink)/0")], [1, .string("\(ink)/0.5")]],
      "name": .string(PlotlyText.escaped(classes[label])),
      "hovertemplate": .string("%{customdata:.1%} at (%{x:.3~g}, %{y:.3~g})"),
    ]
  }

  private var line: JSONValue {
    // A gap between one piece and the next.
    let places = boundary.map { ($0.x.map { JSONValue($0) }, $0.y.map { JSONValue($0) }) }
    return [
      "type": "scatter", "mode": "lines", "x": .array(places.flatMap { $0.0 + [.null] }),
      "y": .array(places.flatMap { $0.1 + [.null] }), "line": ["color": "--ink", "width": 1.6],
      "hoverinfo": "skip", "showlegend": false,
    ]
  }

  private func marks(of label: Int) -> JSONValue {
    let those = examples.filter { $0.label == label }
    return [
      "type": "scatter", "mode": "markers", "name": .string(PlotlyText.escaped(classes[label])),
      "x": .array(those.map { JSONValue($0.x) }), "y": .array(those.map { JSONValue($0.y) }),
      "marker": [
        "size": 8, "symbol": .string(PlotlyText.symbols[label % PlotlyText.symbols.count]),
        "color": .string("--series-\(label % 6 + 1)"), "line": ["color": "--card", "width": 1],
      ],
      "hovertemplate": "example at (%{x:.3~g}, %{y:.3~g})",
    ]
  }

  /// Four decimals: a grid is long.
  private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
