import Foundation

extension HTMLSections {
  /// Every plot of every finding, each with its numbers.
  var plots: HTML {
    let plots = report.findings.flatMap(\.plots)
    guard !plots.isEmpty else { return "" }
    return """
      <h2>Measurements</h2>
      <div class="plots">
      \(plots.map(figure))</div>

      """
  }

  /// The picture strips of every finding.
  func pictures() throws(BitmapError) -> HTML {
    let strips = report.findings.flatMap(\.pictures)
    guard !strips.isEmpty else { return "" }
    var figures: [HTML] = []
    for strip in strips { figures.append(try figure(strip)) }
    return """
      <h2>Worst examples</h2>
      <div class="strips">
      \(figures)</div>

      """
  }

  private func figure(_ plot: Plot) -> HTML {
    let shape: HTML = if case .heatmap = plot.content { " class=\"square\"" } else { "" }
    let mark: HTML = isInteractive ? " data-figure" : ""
    let drawings = HTML(raw: plot.svg() + plot.svg(size: .narrow))
    let data: HTML =
      isInteractive
      ? "<div class=\"plotly-target\" hidden></div>\(HTMLScript.inlined(plot.plotly))" : ""
    return """
      <figure class="card">
      <figcaption><h3>\(plot.title)</h3><p>\(plot.caption)</p></figcaption>
      <div\(shape)\(mark)>\(drawings)\(data)</div>
      <details><summary>Numbers</summary>\(table(plot.table, of: plot.title))</details>
      </figure>

      """
  }

  private func table(_ table: TextTable, of title: String) -> HTML {
    func style(_ column: Int) -> HTML {
      table.columns[column].alignment == .trailing ? " class=\"right\"" : ""
    }
    let head = table.columns.indices.map { column -> HTML in
      "<th scope=\"col\"\(style(column))>\(table.columns[column].name)</th>"
    }
    let rows = table.rows.map { row -> HTML in
      let cells = row.indices.map { column -> HTML in
        column == 0
          ? "<th scope=\"row\"\(style(column))>\(row[column])</th>"
          : "<td\(style(column))>\(row[column])</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="Numbers of \(title)"><table>\
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      """
  }

  private func figure(_ strip: PictureStrip) throws(BitmapError) -> HTML {
    var panels: [HTML] = []
    for panel in strip.panels {
      let data = try panel.bitmap.png().base64EncodedString()
      let (width, height) = (panel.bitmap.width, panel.bitmap.height)
      panels.append(
        """
        <div><img src="data:image/png;base64,\(data)" width="\(width)" height="\(height)" \
        alt="\(strip.caption): \(panel.label)"><span>\(panel.label)</span></div>

        """)
    }
    return """
      <figure class="card strip"><figcaption>\(strip.caption)</figcaption>
      <div class="panels">\(panels)</div></figure>

      """
  }
}
