extension Plot {
  /// The plot as a plotly figure: an object with `data` and `layout`.
  ///
  /// Colours are the names of the page's CSS variables, optionally with an opacity after "/"; the
  /// page's script puts the colours of the current scheme in their place.
  public var plotly: JSONValue {
    switch content {
    case .lines(let lines): lines.plotly
    case .histogram(let histogram): histogram.plotly
    case .bars(let bars): bars.plotly
    case .heatmap(let heatmap): heatmap.plotly
    case .plane(let plane): plane.plotly
    case .picture(let picture): picture.plotly
    case .slides(let slides): slides.plotly
    }
  }
}

extension Plot {
  /// What all figures have in common.
  static func layout(
    x: JSONValue, y: JSONValue, legend: Bool, extra: JSONObject = [:]
  ) -> JSONValue {
    var layout: JSONObject = [
      "xaxis": x, "yaxis": y, "showlegend": .bool(legend),
      "margin": ["l": 62, "r": 14, "t": legend ? 44 : 14, "b": 50],
      "legend": ["orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"],
      "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
      "font": ["color": "--muted", "size": 12], "hoverlabel": ["font": ["size": 12]],
    ]
    for member in extra.members { layout[member.key] = member.value }
    return .object(layout)
  }
}

extension Plot.Axis {
  func plotly(isGridded: Bool) -> JSONValue {
    var axis: JSONObject = [
      "title": ["text": .string(PlotlyText.escaped(title)), "standoff": 10],
      "gridcolor": "--grid", "showgrid": .bool(isGridded), "zeroline": false,
      "linecolor": "--muted", "showline": .bool(!isGridded), "automargin": true,
      "nticks": 7, "ticks": isGridded ? "" : "outside", "tickcolor": "--muted",
    ]
    if format == .percent { axis["tickformat"] = "~%" }
    if let range { axis["range"] = [.number(range.lowerBound), .number(range.upperBound)] }
    return .object(axis)
  }

  fileprivate var hoverFormat: String { format == .percent ? ":.1%" : ":.4~g" }
}

/// Plotly reads a little HTML in its texts, so what is not meant as such is escaped.
enum PlotlyText {
  /// The shapes that tell series apart, as in the drawings.
  static let symbols = ["circle", "square", "triangle-up", "diamond"]

  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result.append(character)
      }
    }
  }
}

extension Plot.Lines {
  fileprivate var plotly: JSONValue {
    var traces: [JSONValue] = []
    var curves: [JSONValue] = []
    var colour = 0
    for curve in series {
      let ink =
        switch curve.style {
        case .reference: "--muted"
        case .bound: "--ink"
        case .marked, .plain, .points: "--series-\(colour % 6 + 1)"
        }
      if let band = curve.band(ink: ink) { traces.append(band) }
      curves.append(curve.trace(ink: ink, index: colour, hover: (x.hoverFormat, y.hoverFormat)))
      if curve.style.isColoured { colour += 1 }
    }
    return [
      "data": .array(traces + curves),
      "layout": Plot.layout(
        x: x.plotly(isGridded: false), y: y.plotly(isGridded: true), legend: series.count > 1),
    ]
  }
}

extension Plot.Series {
  fileprivate func band(ink: String) -> JSONValue? {
    let banded = points.filter { $0.y.isFinite && $0.low != nil && $0.high != nil }
    guard banded.count > 1 else { return nil }
    let around = banded.map { ($0.x, $0.high) } + banded.reversed().map { ($0.x, $0.low) }
    return [
      "type": "scatter", "mode": "lines", "x": .array(around.map { JSONValue($0.0) }),
      "y": .array(around.map { JSONValue($0.1) }), "fill": "toself",
      "fillcolor": .string("\(ink)/0.16"), "line": ["width": 0], "hoverinfo": "skip",
      "showlegend": false,
    ]
  }

  private var mode: String {
    switch style {
    case .marked: "lines+markers"
    case .points: "markers"
    case .plain, .reference, .bound: "lines"
    }
  }

  fileprivate func trace(ink: String, index: Int, hover: (x: String, y: String)) -> JSONValue {
    let isReference = style == .reference
    return [
      "type": "scatter", "mode": .string(mode),
      "name": .string(PlotlyText.escaped(name)), "x": .array(points.map { JSONValue($0.x) }),
      "y": .array(points.map { JSONValue($0.y) }),
      "line": [
        "color": .string(ink), "width": isReference ? 1.2 : 2,
        "dash": isReference ? "dash" : "solid",
      ],
      "marker": [
        "size": 7, "symbol": .string(PlotlyText.symbols[index % PlotlyText.symbols.count]),
      ],
      "cliponaxis": false, "hoverinfo": isReference ? "skip" : "all",
      "hovertemplate": .string(isReference ? "" : "%{y\(hover.y)} at %{x\(hover.x)}"),
    ]
  }
}

extension Plot.Histogram {
  fileprivate var plotly: JSONValue {
    let bins = 0..<max(0, edges.count - 1)
    let traces = groups.enumerated().map { index, group -> JSONValue in
      [
        "type": "bar", "name": .string(PlotlyText.escaped(group.name)),
        "x": .array(bins.map { JSONValue((edges[$0] + edges[$0 + 1]) / 2) }),
        "width": .array(bins.map { JSONValue((edges[$0 + 1] - edges[$0]) * 0.96) }),
        "y": .array(group.counts.map(JSONValue.integer)),
        "marker": ["color": .string("--series-\(index % 6 + 1)")],
        "opacity": groups.count > 1 ? 0.55 : 0.85,
        "hovertemplate": .string("%{y} at %{x\(x.hoverFormat)}"),
      ]
    }
    return [
      "data": .array(traces),
      "layout": Plot.layout(
        x: x.plotly(isGridded: false), y: Plot.Axis(counted).plotly(isGridded: true),
        legend: groups.count > 1, extra: ["barmode": "overlay"]),
    ]
  }
}

extension Plot.Bars {
  fileprivate var plotly: JSONValue {
    // Places are numbers, so that two bars of one name stay two bars.
    let places = bars.indices.map(JSONValue.integer)
    var trace: JSONObject = [
      "type": "bar", "x": .array(places), "y": .array(bars.map { JSONValue($0.value) }),
      "marker": ["color": "--series-1"], "opacity": 0.85,
      "hovertemplate": .string("%{y\(y.hoverFormat)}<extra></extra>"),
    ]
    if bars.contains(where: { $0.low != nil && $0.high != nil }) {
      trace["error_y"] = [
        "type": "data", "symmetric": false, "color": "--ink", "thickness": 1.4, "width": 3,
        "array": .array(bars.map { bar in JSONValue(bar.high.map { $0 - bar.value }) }),
        "arrayminus": .array(bars.map { bar in JSONValue(bar.low.map { bar.value - $0 }) }),
      ]
    }
    guard case .object(var axis) = Plot.Axis(category).plotly(isGridded: false) else { return nil }
    axis["tickvals"] = .array(places)
    axis["ticktext"] = .array(bars.map { .string(PlotlyText.escaped($0.label)) })
    if bars.count > 6, bars.contains(where: { $0.label.count > 2 }) { axis["tickangle"] = -45 }
    return [
      "data": [.object(trace)],
      "layout": Plot.layout(x: .object(axis), y: y.plotly(isGridded: true), legend: false),
    ]
  }
}

extension Plot.Heatmap {
  fileprivate var plotly: JSONValue {
    let grid = rows.indices.map { row in columns.indices.map { value(row: row, column: $0) } }
    let shades = grid.map { row in
      JSONValue.array(row.map { JSONValue($0.map { max($0, 0).squareRoot() }) })
    }
    let texts = grid.map { row in
      JSONValue.array(
        row.map { .string($0.map { $0 == 0 ? "" : NumberText.short($0, digits: 3) } ?? "") })
    }
    let numbers = grid.map { row in JSONValue.array(row.map { JSONValue($0) }) }
    let trace: JSONValue = [
      "type": "heatmap", "z": .array(shades), "text": .array(texts),
      "customdata": .array(numbers), "texttemplate": "%{text}", "showscale": false,
      "xgap": 1, "ygap": 1, "zmin": 0, "zmax": .number(max(largest, 1e-12).squareRoot()),
      "colorscale": [[0, "--heat-0"], [1, "--heat-1"]],
      "hovertemplate": .string("row %{y}, column %{x}: %{customdata}<extra></extra>"),
    ]
    return [
      "data": [trace],
      "layout": Plot.layout(
        x: axis(columnTitle, columns, isReversed: false),
        y: axis(rowTitle, rows, isReversed: true), legend: false),
    ]
  }

  private func axis(_ title: String, _ names: [String], isReversed: Bool) -> JSONValue {
    var axis: JSONObject = [
      "title": ["text": .string(PlotlyText.escaped(title)), "standoff": 8], "showgrid": false,
      "zeroline": false, "automargin": true, "constrain": "domain", "ticks": "",
    ]
    if names.count <= 40 {
      axis["tickvals"] = .array(names.indices.map(JSONValue.integer))
      axis["ticktext"] = .array(names.map { .string(PlotlyText.escaped($0)) })
    }
    if !isReversed, names.count > 6, names.contains(where: { $0.count > 2 }) {
      axis["tickangle"] = -45
    }
    if isReversed {
      axis["autorange"] = "reversed"
      axis["scaleanchor"] = "x"
    }
    return .object(axis)
  }
}
