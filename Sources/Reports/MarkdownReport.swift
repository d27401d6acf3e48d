import Foundation

/// A report as Markdown: the content of the HTML report, with tables in the place of plots.
public struct MarkdownReport: Sendable {
  /// The content.
  public let report: Report

  /// A Markdown text of a report.
  public init(_ report: Report) {
    self.report = report
  }

  /// The whole text.
  public func text() -> String {
    ([heading, findings] + [flags, plots, pictures, settings].compactMap { $0 })
      .joined(separator: "\n")
  }

  private var heading: String {
    let summary = ReportSummary(report)
    var text = "# \(escaped(report.name))\n\n"
    if !report.notice.isEmpty { text += "\(escaped(report.notice))\n\n" }
    text += "**\(escaped(summary.headline)).**\n\n"
    for finding in summary.leading {
      text += "- \(escaped(finding.title)): **\(escaped(finding.measureText))**\n"
    }
    for finding in summary.failures {
      text += "- not met: \(escaped(finding.title)) (\(MarkdownText.code(finding.id.text)))\n"
    }
    if !report.flags.isEmpty {
      let grade = report.confidence
      text += "- \(summary.raisedText)\n"
      text += "- confidence in these numbers: **\(grade.letter)** (\(grade.meaning))\n"
      for remedy in grade.next.prefix(3) { text += "- next: \(escaped(remedy))\n" }
    }
    if let healing = report.healing { text += "- \(escaped(healing.summary))\n" }
    text += "\nStarted \(report.started.formatted(.iso8601)), took"
    text += " \(NumberText.duration(report.seconds)), seed \(report.seed),"
    return text + " version \(escaped(report.version)).\n"
  }

  private var findings: String {
    var table = TextTable([
      .init("Finding"), .init("Value", .trailing), .init("95% interval", .trailing),
      .init("Threshold", .trailing), .init("Verdict"), .init("Id"), .init("Detail"),
    ])
    for finding in report.findings {
      table.append([
        finding.title, finding.valueText, finding.intervalText, finding.thresholdText,
        finding.verdict.rawValue, finding.id.text, finding.detail,
      ])
    }
    return "## Findings\n\n" + table.markdown()
  }

  private var flags: String? {
    guard !report.flags.isEmpty else { return nil }
    return "## Flags\n\n" + report.flagsTable.markdown()
  }

  private var plots: String? {
    let plots = report.findings.flatMap(\.plots)
    guard !plots.isEmpty else { return nil }
    return "## Measurements\n\n"
      + plots.map { plot in
        "### \(escaped(plot.title))\n\n\(escaped(plot.caption))\n\n" + plot.table.markdown()
      }.joined(separator: "\n")
  }

  /// Markdown viewers differ in what they do with inline pictures, so these are named alone.
  private var pictures: String? {
    let strips = report.findings.flatMap(\.pictures)
    guard !strips.isEmpty else { return nil }
    return "## Pictures\n\nThe pictures are in the HTML report.\n\n"
      + strips.map { strip in
        "- \(escaped(strip.caption)): "
          + strip.panels.map { escaped($0.label) }.joined(separator: "; ") + "\n"
      }.joined()
  }

  private var settings: String? {
    var text = ""
    for (title, object) in [("Subject", report.subject), ("Settings", report.settings)] {
      let rows = object.leaves.map { [$0.path, $0.text] }
      guard !rows.isEmpty else { continue }
      if !text.isEmpty { text += "\n" }
      text += "## \(title)\n\n" + TextTable([.init("Name"), .init("Value")], rows: rows).markdown()
    }
    return text.isEmpty ? nil : text
  }

  private func escaped(_ text: String) -> String { MarkdownText.escaped(text) }
}
