extension Plot.Plane {
  /// One layer of colour a class, the boundary, and the examples of each class.
  var plotly: JSONValue {
    let layers = classes.indices.map(layer)
    let examples = classes.indices.map(marks)
    // The legend is in the order of traces: classes first.
    return [
      "data": .array(
        layers + (ways.isEmpty ? [line] + examples : examples + starts + [line] + wayTraces)),
      "layout": Plot.layout(
        x: axis(x, anchor: nil), y: axis(y, anchor: isSquare ? "x" : nil),
        legend: classes.count > 1 || !ways.isEmpty),
    ]
  }

  /// What transport pairs, the steps, and their ends.
  private var wayTraces: [JSONValue] {
    func lines(_ pairs: [(SIMD2<Double>, SIMD2<Double>)], _ name: String, _ line: JSONValue)
      -> JSONValue
    {
      [
        "type": "scatter", "mode": "lines", "name": .string(name), "line": line,
        "x": .array(pairs.flatMap { [JSONValue($0.x), JSONValue($1.x), .null] }),
        "y": .array(pairs.flatMap { [JSONValue($0.y), JSONValue($1.y), .null] }),
        "hoverinfo": "skip",
      ]
    }
    let steps = ways.map { (SIMD2($0.start.x, $0.start.y), $0.end) }
    let plan = ways.compactMap { way in way.image.map { (way.end, $0) } }
    let paired =
      plan.isEmpty
      ? [] : [lines(plan, Self.planName, ["color": "--muted", "width": 1.2, "dash": "dot"])]
    let ends: JSONValue = [
      "size": 6, "color": "--card", "line": ["color": "--ink", "width": 1.4],
    ]
    return [lines(steps, Self.stepName, ["color": "--ink", "width": 1.4])] + paired + [
      scatter(ways.map(\.end), ends, name: nil, "step to (%{x:.3~g}, %{y:.3~g})")
    ]
  }

  /// The examples that ways begin at.
  private var starts: [JSONValue] {
    classes.indices.map { label in
      scatter(
        ways.map(\.start).filter { $0.label == label }.map { SIMD2($0.x, $0.y) },
        mark(of: label, size: 9), name: classes[label], "example at (%{x:.3~g}, %{y:.3~g})")
    }
  }

  /// Marks, in the legend where they have a name.
  private func scatter(
    _ places: [SIMD2<Double>], _ marker: JSONValue, name: String?, _ hover: String
  ) -> JSONValue {
    [
      "type": "scatter", "mode": "markers", "marker": marker,
      "name": .string(PlotlyText.escaped(name ?? "")),
      "x": .array(places.map { JSONValue($0.x) }), "y": .array(places.map { JSONValue($0.y) }),
      "showlegend": .bool(name != nil), "hovertemplate": .string("\(hover)<extra></extra>"),
    ]
  }

  /// Examples without ways, as a cloud of small points.
  private func cloud(of label: Int) -> JSONValue {
    ["size": 4, "color": .string("--series-\(label % 6 + 1)"), "opacity": 0.6]
  }

  private func mark(of label: Int, size: Double) -> JSONValue {
    [
      "size": .number(size),
      "symbol": .string(PlotlyText.symbols[label % PlotlyText.symbols.count]),
      "color": .string("--series-\(label % 6 + 1)"),
      "line": ["color": "--card", "width": 1],
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
      "colorscale": [[0, .string("\(ink)/0")], [1, .string("\(ink)/\(darkest)")]],
      "name": .string(PlotlyText.escaped(classes[label])),
      "hovertemplate": .string("%{customdata:.1%} at (%{x:.3~g}, %{y:.3~g})"),
    ]
  }

  private var line: JSONValue {
    // A gap between one curve and the next.
    let curves = curves
    return [
      "type": "scatter", "mode": "lines", "name": .string(Self.boundaryName),
      "x": .array(curves.flatMap { $0.map { JSONValue($0.x) } + [.null] }),
      "y": .array(curves.flatMap { $0.map { JSONValue($0.y) } + [.null] }),
      "line": ways.isEmpty
        ? ["color": "--ink", "width": 1.6]
        : ["color": "--series-5", "width": 2, "dash": "dash"],
      "hoverinfo": "skip", "showlegend": .bool(!ways.isEmpty),
    ]
  }

  private func marks(of label: Int) -> JSONValue {
    let those = examples.filter { $0.label == label }
    return [
      "type": "scatter", "mode": "markers", "name": .string(PlotlyText.escaped(classes[label])),
      "x": .array(those.map { JSONValue($0.x) }), "y": .array(those.map { JSONValue($0.y) }),
      "marker": ways.isEmpty ? mark(of: label, size: 8) : cloud(of: label),
      "showlegend": .bool(ways.isEmpty),
      "hovertemplate": "example at (%{x:.3~g}, %{y:.3~g})",
    ]
  }

  /// Four decimals: a grid is long.
  private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
