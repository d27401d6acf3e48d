/// Findings as a table that becomes a list of cards on phones.
package struct HTMLFindings {
  private let findings: [Finding]

  package init(_ findings: [Finding]) { self.findings = findings }

  /// The table in a card.
  ///
  /// - Parameter label: the id of the heading that names it.
  package func card(labelledBy label: String) -> HTML {
    """
    <div class="card"><table class="findings stack" role="table" aria-labelledby="\(label)">
    <thead><tr role="row"><th scope="col" role="columnheader">Finding</th>\
    <th scope="col" role="columnheader" class="right">Value</th>\
    <th scope="col" role="columnheader" class="right">95% interval</th>\
    <th scope="col" role="columnheader" class="right">Threshold</th>\
    <th scope="col" role="columnheader">Verdict</th></tr></thead>
    <tbody>
    \(findings.map(row))</tbody></table></div>

    """
  }

  private func row(_ finding: Finding) -> HTML {
    let detail: HTML = finding.detail.isEmpty ? "" : "<small>\(finding.detail)</small>"
    return """
      <tr role="row"><th scope="row" role="rowheader">\(finding.title)\(detail)\
      <code>\(finding.id.text)</code></th>\
      <td role="cell" class="right value">\(finding.valueText)</td>\
      \(interval(of: finding))\
      \(Self.cell(finding.thresholdText, label: "Threshold"))\
      <td role="cell" class="badge-cell">\(badge(finding.verdict))</td></tr>

      """
  }

  private func badge(_ verdict: Finding.Verdict) -> HTML {
    "<span class=\"badge tone-\(verdict.rawValue)\">\(verdict.rawValue)</span>"
  }

  /// A number's cell, with its heading where the table's own is out of sight.
  static func cell(_ text: String, label: String) -> HTML {
    text.isEmpty
      ? "<td role=\"cell\" class=\"right\"></td>"
      : "<td role=\"cell\" class=\"right\" data-label=\"\(label)\">\(text)</td>"
  }

  /// The interval in words and, for a rate, as a mark on the way from 0 to 1.
  private func interval(of finding: Finding) -> HTML {
    let text = finding.intervalText
    guard !text.isEmpty else { return "<td role=\"cell\" class=\"right interval\"></td>" }
    let picture: HTML = finding.unit == Finding.rate ? range(of: finding) : ""
    return """
      <td role="cell" class="right interval" data-label="95% interval">\(text)\(picture)</td>
      """
  }

  private func range(of finding: Finding) -> HTML {
    guard let low = finding.low, let high = finding.high, let value = finding.value else {
      return ""
    }
    var canvas = SVGCanvas(width: 112, height: 14)
    let scale = PlotScale(domain: 0...1, start: 3, end: 109)
    canvas.line((scale.start, 7), (scale.end, 7), .grid, width: 2)
    canvas.line((scale.place(low), 7), (scale.place(high), 7), .accent, width: 4)
    if let threshold = finding.threshold {
      canvas.line((scale.place(threshold), 1), (scale.place(threshold), 13), .text, width: 1.2)
    }
    canvas.mark(scale.place(value), 7, series: 0)
    return HTML(raw: canvas.svg(label: "on a scale from 0 to 100%", className: "range"))
  }
}
