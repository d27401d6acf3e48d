import Foundation
import Reports
import Runs

/// Everything about one run.
struct RunDetailPage {
  /// How many pictures are shown.
  private static let mostPictures = 24
  /// How many findings are shown at once.
  private static let firstFindings = 12

  let run: RunRecord
  let store: RunStore

  func response() throws -> HTTPResponse {
    let address = PageAddress.run(run.id)
    let state = run.state
    let entries = ServedFolder(path: run.folder).entries()
    let findings = try store.findings(of: [run])[run.id]?.compactMap(\.finding) ?? []
    let curves = try RunCurves(of: run, in: store)
    let isLive = state == RunRecord.Status.running.rawValue
    var body = status(state, curves)
    body += PageParts.pages(entries, of: address)
    body += self.findings(findings)
    body += self.curves(curves, isLive: isLive)
    body += pictures(entries.filter(\.type.isPicture), of: address)
    body += settings
    body += try sweeps()
    body += PageParts.files(entries, of: address)
    let facts = [
      run.id, run.kind, run.seed.map { "seed \($0)" } ?? "",
      run.seconds.map { "took " + NumberText.duration($0) } ?? "",
      "recorded " + NumberText.time(run.created) + " UTC",
      try store.tags(of: run).map { "#" + $0 }.joined(separator: " "),
    ]
    return PageFrame(title: PageParts.name(of: run), facts: facts).response(body)
  }

  private func status(_ state: String, _ curves: RunCurves) -> HTML {
    let step: HTML =
      curves.step.map { "<span class=\"meta\">step <span id=\"step\">\($0)</span></span>" } ?? ""
    let message: HTML = run.message.map { "<p class=\"why\">\($0)</p>\n" } ?? ""
    return """
      <p class="state"><span id="state">\(PageParts.badge(state))</span> \(step)</p>
      \(message)
      """
  }

  /// The first findings, and the others behind a fold.
  private func findings(_ findings: [Finding]) -> HTML {
    guard !findings.isEmpty else { return "" }
    let first = findings.prefix(Self.firstFindings)
    let rest = findings.dropFirst(first.count)
    let fold: HTML =
      rest.isEmpty
      ? ""
      : """
      <details class="others"><summary id="others">\(rest.count) more findings</summary>
      \(HTMLFindings(Array(rest)).card(labelledBy: "others"))</details>

      """
    return """
      <h2 id="findings">Findings</h2>
      \(HTMLFindings(Array(first)).card(labelledBy: "findings"))\(fold)
      """
  }

  /// All figures; of a run that goes on they are replaced as they change.
  private func curves(_ curves: RunCurves, isLive: Bool) -> HTML {
    let figures = CurveFigure.figures(of: curves.curves)
    guard !figures.isEmpty || isLive else { return "" }
    let source: HTML = isLive ? " data-events=\"\(PageAddress.run(run.id))/events\"" : ""
    var links: HTML = ""
    for (index, log) in curves.logs.enumerated() {
      let path = log.split(separator: "/").map(String.init)
      let address = PageAddress.file(path, of: PageAddress.run(run.id))
      links += "\(index > 0 ? ", " : "")<a href=\"\(address)\">\(log)</a>"
    }
    let origin: HTML =
      curves.logs.isEmpty
      ? "The values that the store kept."
      : "Every number is in \(links)."
    return """
      <h2 id="curves">Curves</h2>
      <p class="lead">\(origin)</p>
      <div id="figures"\(source)>\(CurveParts.grid(figures))</div>

      """
  }

  private func pictures(_ entries: [ServedFolder.Entry], of address: String) -> HTML {
    guard !entries.isEmpty else { return "" }
    let shown = entries.prefix(Self.mostPictures).map { entry -> HTML in
      """
      <figure class="card"><a href="\(PageAddress.file(entry.path, of: address))">\
      <img loading="lazy" src="\(PageAddress.file(entry.path, of: address))" \
      alt="\(entry.name)"></a><figcaption>\(entry.name)</figcaption></figure>

      """
    }
    let rest = entries.count - shown.count
    let note: HTML = rest > 0 ? "<p class=\"lead\">\(rest) more are among the files.</p>\n" : ""
    return "<h2>Pictures</h2>\n<div class=\"gallery\">\n\(shown)</div>\n\(note)"
  }

  private var settings: HTML {
    let tables = [("Setting", run.settings), ("Environment", run.environment)].map { name, text in
      Self.leaves(text, caption: name)
    }
    return """
      <details class="others"><summary>Settings and environment</summary>
      <div class="split">\(tables)</div>
      <p class="lead">Folder: <code>\(run.folder)</code>. Recipe: <code>\(run.recipe)</code>. \
      Fingerprint: <code>\(run.fingerprint)</code>.</p></details>

      """
  }

  private static func leaves(_ text: String, caption: String) -> HTML {
    guard let value = try? JSONValue(parsing: text),
      case .object(let object) = value
    else { return "<pre class=\"card\"><code>\(text)</code></pre>\n" }
    return HTMLFigures.leaves(of: object, caption: caption)
  }

  private func sweeps() throws -> HTML {
    let links = try store.sweeps(of: run).map { sweep -> HTML in
      "<a href=\"\(PageAddress.sweep(sweep.id))\">\(sweep.id)</a> "
    }
    return links.isEmpty ? "" : "<p class=\"lead opening\">Part of the sweep \(links)</p>\n"
  }
}
