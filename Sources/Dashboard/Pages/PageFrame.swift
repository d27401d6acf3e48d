import Foundation
import Reports

/// The frame of every page: the head of reports, with the dashboard's own parts.
struct PageFrame {
  let title: String
  /// Short facts below the heading.
  var facts: [String] = []
  /// What stands between the heading and the rest.
  var lead = ""

  /// The page around its body.
  func response(_ body: HTML, status: HTTPStatus = .ok) -> HTTPResponse {
    let facts = facts.filter { !$0.isEmpty }.map { fact -> HTML in "<span>\(fact)</span> " }
    let meta: HTML = facts.isEmpty ? "" : "<p class=\"meta\">\(facts)</p>\n"
    let opening: HTML = lead.isEmpty ? "" : "<p class=\"lead opening\">\(lead)</p>\n"
    let page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title) · Touchstone</title>
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="/static/style.css">
      <script src="/static/script.js" defer></script>
      </head>
      <body>
      <header>
      <nav aria-label="Pages"><a class="brand" href="/">Touchstone</a> <a href="/">Runs</a> \
      <a href="/sweeps">Sweeps</a></nav>
      <h1>\(title)</h1>
      \(meta)\(opening)</header>
      <main>
      \(body)</main>
      <footer>Read from the run store; nothing here changes it.</footer>
      </body>
      </html>

      """
    return HTTPResponse(
      status, type: "text/html; charset=utf-8", policy: ContentPolicy.page,
      body: .bytes(Data(page.text.utf8)))
  }
}

/// Addresses of pages.
enum PageAddress {
  static func run(_ id: String) -> String { "/runs/" + RequestTarget.encoded(id) }
  static func sweep(_ id: String) -> String { "/sweeps/" + RequestTarget.encoded(id) }

  /// A file of a run or of a sweep.
  static func file(_ path: [String], of page: String) -> String {
    page + "/files/" + path.map(RequestTarget.encoded).joined(separator: "/")
  }

  /// A path with parameters; those without a value are left out.
  static func list(_ path: String, _ parameters: [(name: String, value: String?)]) -> String {
    let pairs = parameters.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : "\(name)=\(RequestTarget.encoded($0))" }
    }
    return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
  }
}
