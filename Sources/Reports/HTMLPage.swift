import Foundation

/// The frame of every page: it opens offline and forbids itself to load anything else.
struct HTMLPage {
  let title: String
  let version: String
  /// The text of plotly's script, or nil for drawings alone.
  let plotly: String?

  /// Plotly's script, or nil where there is none to be read.
  static func script(at path: String?) -> String? {
    let script = path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }
    return script.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The page around its body.
  func text(_ body: HTML) -> String {
    var page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <meta name="generator" content="Touchstone \(version)">
      <title>\(title)</title>
      <style>\(HTML(raw: HTMLStyle.sheet))</style>
      </head>
      <body>

      """
    page += body
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
