extension Plot {
  /// The numbers of the plot.
  public var table: TextTable {
    switch content {
    case .lines(let lines): lines.table
    case .histogram(let histogram): histogram.table
    case .bars(let bars): bars.table
    case .heatmap(let heatmap): heatmap.table
    case .plane(let plane): plane.table
    case .picture(let picture): picture.table
    case .slides(let slides): slides.table
    }
  }
}

private func intervalText(_ low: Double?, _ high: Double?, _ axis: Plot.Axis) -> String {
  guard let low, let high else { return "" }
  return "\(axis.text(low)) to \(axis.text(high))"
}

extension Plot.Lines {
  fileprivate var table: TextTable {
    var table = TextTable([
      .init("series"), .init(x.title, .trailing), .init(y.title, .trailing),
      .init("interval", .trailing),
    ])
    for curve in series where curve.style != .reference {
      for point in curve.points {
        table.append([
          curve.name, x.text(point.x), y.text(point.y), intervalText(point.low, point.high, y),
        ])
      }
    }
    return table
  }
}

extension Plot.Histogram {
  fileprivate var table: TextTable {
    let names = groups.count == 1 ? [counted] : groups.map { "\(counted), \($0.name)" }
    var table = TextTable(
      [.init(x.title, .trailing)] + names.map { TextTable.Column($0, .trailing) })
    for bin in 0..<max(0, edges.count - 1) {
      let range = "\(x.text(edges[bin])) to \(x.text(edges[bin + 1]))"
      table.append(
        [range] + groups.map { $0.counts.indices.contains(bin) ? "\($0.counts[bin])" : "" })
    }
    return table
  }
}

extension Plot.Bars {
  fileprivate var table: TextTable {
    var table = TextTable([
      .init(category), .init(y.title, .trailing), .init("interval", .trailing),
    ])
    for bar in bars {
      table.append([bar.label, y.text(bar.value), intervalText(bar.low, bar.high, y)])
    }
    return table
  }
}

extension Plot.Heatmap {
  fileprivate var table: TextTable {
    var table = TextTable(
      [.init("\(rowTitle) \\ \(columnTitle)")] + columns.map { .init($0, .trailing) })
    for (index, name) in rows.enumerated() {
      table.append(
        [name]
          + columns.indices.map { column in
            value(row: index, column: column).map { NumberText.short($0, digits: 6) } ?? ""
          })
    }
    return table
  }
}
