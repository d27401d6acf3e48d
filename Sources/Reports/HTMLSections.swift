import Foundation

/// The parts of the HTML report, from the top.
struct HTMLSections {
  let report: Report
  let isInteractive: Bool

  var header: HTML {
    let started = report.started.formatted(.iso8601)
    let notice: HTML =
      report.notice.isEmpty ? "" : "<p class=\"lead opening\">\(report.notice)</p>\n"
    return """
      <header>
      <p class="brand">Touchstone audit</p>
      <h1>\(report.name)</h1>
      <p class="meta"><span>Started <time datetime="\(started)">\(readable(started))</time></span>
      <span>Took \(NumberText.duration(report.seconds))</span>
      <span>Seed \("\(report.seed)")</span> <span>Version \(report.version)</span></p>
      \(notice)</header>

      """
  }

  var verdict: HTML {
    let summary = ReportSummary(report)
    var why: [String] = []
    if !summary.failures.isEmpty {
      why.append("Not met: " + summary.failures.map(\.title).joined(separator: "; ") + ".")
    }
    if !summary.raised.isEmpty {
      why.append(
        "The audit doubts its own numbers: \(summary.raisedText), see below.")
      why.append("Next: " + report.confidence.next.prefix(3).joined(separator: " "))
    }
    if let healing = report.healing { why.append(healing.summary) }
    let figures = summary.leading.map { finding -> HTML in
      let interval = finding.intervalText
      let small: HTML =
        interval.isEmpty ? "" : "<small>95% interval \(interval)</small>"
      return "<div><dt>\(finding.title)</dt><dd>\(finding.valueText)\(small)</dd></div>\n"
    }
    let grade: HTML =
      report.flags.isEmpty
      ? ""
      : """
      <div><dt>Confidence in these numbers</dt><dd>\(report.confidence.letter)\
      <small>\(report.confidence.meaning)</small></dd></div>

      """
    let reasons: HTML =
      why.isEmpty ? "" : "<p class=\"why\">\(why.joined(separator: " "))</p>\n"
    let list: HTML =
      figures.isEmpty && report.flags.isEmpty
      ? "" : "<dl class=\"figures\">\n\(figures)\(grade)</dl>\n"
    return """
      <section class="verdict tone-\(summary.verdict.rawValue)" aria-label="Verdict">
      <p class="say">\(summary.headline)</p>
      \(reasons)\(list)</section>

      """
  }

  var findings: HTML {
    guard !report.findings.isEmpty else { return "" }
    let rows = report.findings.map { finding -> HTML in
      let detail: HTML = finding.detail.isEmpty ? "" : "<small>\(finding.detail)</small>"
      return """
        <tr role="row"><th scope="row" role="rowheader">\(finding.title)\(detail)\
        <code>\(finding.id.text)</code></th>\
        <td role="cell" class="right value">\(finding.valueText)</td>\
        \(interval(of: finding))\
        \(cell(finding.thresholdText, label: "Threshold"))\
        <td role="cell" class="badge-cell">\(badge(finding.verdict))</td></tr>

        """
    }
    return """
      <h2 id="findings">Findings</h2>
      <div class="card"><table class="findings stack" role="table" aria-labelledby="findings">
      <thead><tr role="row"><th scope="col" role="columnheader">Finding</th>\
      <th scope="col" role="columnheader" class="right">Value</th>\
      <th scope="col" role="columnheader" class="right">95% interval</th>\
      <th scope="col" role="columnheader" class="right">Threshold</th>\
      <th scope="col" role="columnheader">Verdict</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  var settings: HTML {
    var run: JSONObject = ["seed": JSONValue(report.seed), "version": .string(report.version)]
    run["samples"] = .string(report.samples)
    for member in report.settings.members { run[member.key] = member.value }
    return """
      <h2>Subject and settings</h2>
      <p class="lead">All that is needed to get the same numbers again.</p>
      <div class="split">
      \(leaves(of: report.subject, caption: "Subject"))\(leaves(of: run, caption: "Settings"))</div>

      """
  }

  var footer: HTML {
    """
    <footer>Schema \(Report.schema). The same content is in report.json and report.md; one row per \
    example is in \(report.samples).</footer>

    """
  }

  private func leaves(of object: JSONObject, caption: String) -> HTML {
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

  private func badge(_ verdict: Finding.Verdict) -> HTML {
    "<span class=\"badge tone-\(verdict.rawValue)\">\(verdict.rawValue)</span>"
  }

  func cell(_ text: String, label: String) -> HTML {
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

  /// `2027-01-15 08:00 UTC`.
  private func readable(_ time: String) -> String {
    time.prefix(16).replacingOccurrences(of: "T", with: " ") + " UTC"
  }
}
