extension Plot {
  /// A small grey picture, to stand beside other plots.
  public struct Picture: Sendable, Hashable {
    /// One list per row from the top, black at 0 and white at 1.
    public var rows: [[Double]]

    /// A picture from its rows; what is not a number is black.
    public init(rows: [[Double]]) {
      self.rows = rows.map { $0.map { $0.isFinite ? min(max($0, 0), 1) : 0 } }
    }

    var width: Int { rows.map(\.count).max() ?? 0 }
  }
}

extension Plot.Picture {
  /// The grey values in percent.
  var table: TextTable {
    var table = TextTable(
      [.init("row", .trailing)] + (0..<width).map { .init("\($0 + 1)", .trailing) })
    for (index, row) in rows.enumerated() {
      table.append(
        ["\(index + 1)"]
          + (0..<width).map { $0 < row.count ? NumberText.percent(row[$0], decimals: 0) : "" })
    }
    return table
  }

  func draw(on canvas: inout SVGCanvas) {
    guard width > 0 else { return }
    let size = min(canvas.width / Double(width), canvas.height / Double(rows.count))
    let left = (canvas.width - size * Double(width)) / 2
    canvas.rectangle(
      x: left, y: 0, width: size * Double(width), height: size * Double(rows.count),
      SVGCanvas.Ink(css: "#000000"))
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() where value > 0.01 {
        canvas.rectangle(
          x: left + Double(column) * size, y: Double(row) * size, width: size + 0.3,
          height: size + 0.3, .white, opacity: value)
      }
    }
  }

  var plotly: JSONValue {
    let hidden: JSONObject = [
      "visible": false, "constrain": "domain",
    ]
    var vertical = hidden
    vertical["autorange"] = "reversed"
    vertical["scaleanchor"] = "x"
    let grey = rows.map { row in
      JSONValue.array(row.map { JSONValue(($0 * 1000).rounded() / 1000) })
    }
    return [
      "data": [
        [
          "type": "heatmap", "z": .array(grey), "zmin": 0, "zmax": 1, "showscale": false,
          "colorscale": [[0, "#000000"], [1, "#ffffff"]],
          "hovertemplate": "%{z:.2f}<extra></extra>",
        ]
      ],
      "layout": Plot.layout(x: .object(hidden), y: .object(vertical), legend: false),
    ]
  }
}
