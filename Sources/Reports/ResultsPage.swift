/// Results that are not an audit, such as those of a sweep, as one page: HTML that opens offline, and
/// Markdown.
public struct ResultsPage: Sendable {
  /// A part under a heading.
  public struct Section: Sendable {
    /// The heading.
    public var heading: String
    /// A paragraph below it; may be empty.
    public var text: String
    /// What follows.
    public var content: [Content]

    /// A section from its parts.
    public init(_ heading: String, text: String = "", content: [Content] = []) {
      self.heading = heading
      self.text = text
      self.content = content
    }
  }

  /// What a section holds.
  public enum Content: Sendable {
    /// A table with a line on how to read it.
    case table(TextTable, caption: String)
    /// A plot with its numbers behind it.
    case plot(Plot)
    /// Pictures side by side under captions.
    case pictures([PictureStrip])
    /// Sentences, one a bullet.
    case notes([String])
    /// Text as it is, such as settings.
    case code(String)
  }

  /// The heading of the page.
  public var title: String
  /// What it is about, in a paragraph; may be empty.
  public var lead: String
  /// Short facts below the heading.
  public var facts: [(name: String, value: String)]
  /// The parts.
  public var sections: [Section]
  /// The version of the program.
  public var version: String

  /// A page from its parts.
  public init(
    title: String, lead: String = "", facts: [(name: String, value: String)] = [],
    sections: [Section], version: String
  ) {
    self.title = title
    self.lead = lead
    self.facts = facts
    self.sections = sections
    self.version = version
  }

  // MARK: HTML

  /// The page as HTML.
  ///
  /// - Parameter plotlyPath: where `plotly.min.js` lies; plots are drawings alone without it.
  public func html(plotlyPath: String? = nil) -> String {
    let script = HTMLPage.script(at: plotlyPath)
    let figures = HTMLFigures(isInteractive: script != nil)
    let facts = facts.map { fact -> HTML in "<span>\(fact.name) \(fact.value)</span> " }
    var body: HTML = """
      <header>
      <p class="brand">Touchstone</p>
      <h1>\(title)</h1>
      <p class="meta">\(facts)</p>
      </header>
      <main>

      """
    if !lead.isEmpty { body += "<p class=\"lead opening\">\(lead)</p>\n" }
    for section in sections { body += html(section, figures) }
    body += "</main>\n<footer>Made by touchstone \(version).</footer>\n"
    return HTMLPage(title: "\(title) · Touchstone", version: version, plotly: script).text(body)
  }

  private func html(_ section: Section, _ figures: HTMLFigures) -> HTML {
    var result: HTML = "<h2>\(section.heading)</h2>\n"
    if !section.text.isEmpty { result += "<p class=\"lead\">\(section.text)</p>\n" }
    var plots: [HTML] = []
    func closePlots() {
      if !plots.isEmpty { result += "<div class=\"plots\">\n\(plots)</div>\n" }
      plots = []
    }
    for item in section.content {
      if case .plot(let plot) = item {
        plots.append(figures.figure(plot))
        continue
      }
      closePlots()
      switch item {
      case .table(let table, let caption):
        let note: HTML = caption.isEmpty ? "" : "<p class=\"caption\">\(caption)</p>"
        result += """
          <div class="card results">\(figures.table(table, of: section.heading))
          \(note)</div>

          """
      case .notes(let notes):
        let items = notes.map { note -> HTML in "<li>\(note)</li>\n" }
        result += "<ul class=\"notes\">\n\(items)</ul>\n"
      case .pictures(let strips):
        result += "<div class=\"strips\">\n\(strips.map(figures.strip))</div>\n"
      case .code(let text):
        result += "<pre class=\"card\"><code>\(text)</code></pre>\n"
      case .plot: break
      }
    }
    closePlots()
    return result
  }

  // MARK: Markdown

  /// The page as Markdown; of plots it has the numbers.
  public func markdown() -> String {
    var parts = ["# \(MarkdownText.escaped(title))\n"]
    if !facts.isEmpty {
      let list = facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      parts.append(MarkdownText.escaped(list) + "\n")
    }
    if !lead.isEmpty { parts.append(MarkdownText.escaped(lead) + "\n") }
    for section in sections {
      parts.append("## \(MarkdownText.escaped(section.heading))\n")
      if !section.text.isEmpty { parts.append(MarkdownText.escaped(section.text) + "\n") }
      parts += section.content.map(markdown)
    }
    return parts.joined(separator: "\n")
  }

  private func markdown(_ item: Content) -> String {
    switch item {
    case .table(let table, let caption):
      return table.markdown() + (caption.isEmpty ? "" : "\n\(MarkdownText.escaped(caption))\n")
    case .plot(let plot):
      return "### \(MarkdownText.escaped(plot.title))\n\n\(MarkdownText.escaped(plot.caption))\n\n"
        + plot.table.markdown()
    case .pictures(let strips):
      return strips.map { strip in
        let labels = strip.panels.map(\.label).joined(separator: ", ")
        return "- \(MarkdownText.escaped("\(strip.caption): \(labels)"))\n"
      }.joined()
    case .notes(let notes):
      return notes.map { "- \(MarkdownText.escaped($0))\n" }.joined()
    case .code(let text):
      // A fence longer than any in the text ends where it should.
      let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
      let fence = String(repeating: "`", count: max(3, longest + 1))
      return "\(fence)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n"
    }
  }
}
