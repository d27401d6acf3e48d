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
    return """
      <h2 id="findings">Findings</h2>
      \(HTMLFindings(report.findings).card(labelledBy: "findings"))
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
      \(HTMLFigures.leaves(of: report.subject, caption: "Subject"))\
      \(HTMLFigures.leaves(of: run, caption: "Settings"))</div>

      """
  }

  var footer: HTML {
    """
    <footer>Schema \(Report.schema). The same content is in report.json and report.md; one row per \
    example is in \(report.samples).</footer>

    """
  }

  func cell(_ text: String, label: String) -> HTML { HTMLFindings.cell(text, label: label) }

  /// `2027-01-15 08:00 UTC`.
  private func readable(_ time: String) -> String {
    time.prefix(16).replacingOccurrences(of: "T", with: " ") + " UTC"
  }
}
