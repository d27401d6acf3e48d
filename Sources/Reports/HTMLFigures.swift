import Foundation

/// Plots and tables as all pages show them.
package struct HTMLFigures {
  /// Whether plotly draws over the pictures.
  let isInteractive: Bool

  /// - Parameter isInteractive: whether plotly draws over the pictures.
  package init(isInteractive: Bool) { self.isInteractive = isInteractive }

  /// A plot with its numbers behind it.
  func figure(_ plot: Plot) -> HTML {
    let shape: HTML =
      switch plot.content {
      case .heatmap: " class=\"square\""
      case .plane: " class=\"square plane\""
      case .slides: " class=\"slides\""
      default: ""
      }
    let wide: HTML = if case .slides = plot.content { "whole " } else { "" }
    let mark: HTML = isInteractive ? " data-figure" : ""
    let drawings = HTML(raw: plot.svg() + plot.svg(size: .narrow))
    let data: HTML =
      isInteractive
      ? "<div class=\"plotly-target\" hidden></div>\(HTMLScript.inlined(plot.plotly))" : ""
    return """
      <figure class="\(wide)card">
      <figcaption><h3>\(plot.title)</h3><p>\(plot.caption)</p></figcaption>
      <div\(shape)\(mark)>\(drawings)\(data)</div>
      <details><summary>Numbers</summary>\(table(plot.table, of: "Numbers of \(plot.title)"))</details>
      </figure>

      """
  }

  /// A table that scrolls in its own place where it is too wide.
  package func table(_ table: TextTable, of title: String) -> HTML {
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
      <div class="scroll" tabindex="0" role="region" aria-label="\(title)"><table>\
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      """
  }

  /// Settings, one row a leaf of the tree.
  package static func leaves(of object: JSONObject, caption: String) -> HTML {
    let rows = object.leaves.map { leaf -> HTML in
      "<tr><td><code>\(leaf.path)</code></td><td>\(leaf.text)</td></tr>\n"
    }
    return """
      <div class="card"><table class="settings"><thead><tr><th scope="col">\(caption)</th>\
      <th scope="col">Value</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  /// Pictures side by side, inside of the page.
  static func figure(_ strip: PictureStrip) throws(BitmapError) -> HTML {
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

  /// A strip of pictures; only its caption where the pictures cannot be encoded.
  func strip(_ strip: PictureStrip) -> HTML {
    (try? Self.figure(strip)) ?? "<p>\(strip.caption)</p>\n"
  }
}
