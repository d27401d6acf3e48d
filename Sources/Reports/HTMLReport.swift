import Foundation

/// A report as one HTML page that opens offline: style, scripts and pictures are inside, and the page
/// forbids itself to load anything else.
///
/// Plots are drawings (SVG) that read without scripts; with plotly's script they become interactive.
public struct HTMLReport: Sendable {
  /// The content.
  public let report: Report
  /// The text of plotly's script, or nil for drawings alone.
  public let plotly: String?

  /// A page of a report.
  ///
  /// - Parameters:
  ///   - report: the content, with plots and pictures.
  ///   - plotlyPath: where `plotly.min.js` lies; when it is nil or not readable, the page has drawings
  ///     alone.
  public init(_ report: Report, plotlyPath: String? = nil) {
    self.report = report
    let script = plotlyPath.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }
    plotly = script.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The page.
  ///
  /// - Throws: `BitmapError` for a picture that cannot be encoded.
  public func text() throws(BitmapError) -> String {
    let sections = HTMLSections(report: report, isInteractive: plotly != nil)
    var page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <meta name="generator" content="Touchstone \(report.version)">
      <title>\(report.name) · Touchstone audit</title>
      <style>\(HTML(raw: HTMLStyle.sheet))</style>
      </head>
      <body>

      """
    page += sections.header
    page += "<main>\n"
    page += sections.verdict
    page += sections.findings
    page += sections.flags
    page += sections.plots
    page += try sections.pictures()
    page += sections.settings
    page += "</main>\n"
    page += sections.footer
    if let plotly {
      page += HTMLScript.inlined(plotly)
      page += HTMLScript.inlined(HTMLScript.page)
    }
    page += "</body>\n</html>\n"
    return page.text
  }

  /// Nothing is loaded from anywhere, whatever a name or a setting holds.
  private static let policy =
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline';"
    + " script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
}
