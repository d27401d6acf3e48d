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
    plotly = HTMLPage.script(at: plotlyPath)
  }

  /// The page.
  ///
  /// - Throws: `BitmapError` for a picture that cannot be encoded.
  public func text() throws(BitmapError) -> String {
    let sections = HTMLSections(report: report, isInteractive: plotly != nil)
    var body = sections.header
    body += "<main>\n"
    body += sections.verdict
    body += sections.findings
    body += sections.flags
    body += sections.plots
    body += try sections.pictures()
    body += sections.settings
    body += "</main>\n"
    body += sections.footer
    return HTMLPage(
      title: "\(report.name) · Touchstone audit", version: report.version, plotly: plotly
    ).text(body)
  }
}
