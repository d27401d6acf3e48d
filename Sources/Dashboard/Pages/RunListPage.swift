import Foundation
import Reports
import Runs

/// The list of runs, the newest first.
struct RunListPage {
  /// How many runs are on a page.
  static let size = 50
  /// How many recipes are proposed.
  private static let mostRecipes = 200

  private let query: RunQuery
  private let place: PagePlace

  /// Reads filters and page.
  init(_ target: RequestTarget) throws(HTTPRefusal) {
    func filter(_ name: String) -> String? { target[name].flatMap { $0.isEmpty ? nil : $0 } }
    var query = RunQuery()
    query.kind = filter("kind")
    query.recipe = filter("recipe")
    query.tag = filter("tag")
    query.variant = filter("variant")
    query.sweep = filter("sweep")
    if let status = filter("status") {
      guard let known = RunRecord.Status(rawValue: status) else {
        let names = RunRecord.Status.allCases.map(\.rawValue).joined(separator: ", ")
        throw HTTPRefusal(.badRequest, "status must be one of \(names)")
      }
      query.status = known
    }
    self.query = query
    place = try PagePlace(target, size: Self.size)
  }

  func response(from store: RunStore) throws -> HTTPResponse {
    let page = try store.page(of: query, skipping: place.offset, limit: place.size)
    try place.check(total: page.total)
    let findings = try store.leadingFindings(of: page.runs)
    var body = try filters(store)
    if page.runs.isEmpty {
      body += "<p class=\"lead opening\">No runs.</p>\n"
    } else {
      let rows = page.runs.map { row($0, findings[$0.id], page.tags[$0.id] ?? []) }
      body += """
        <form action="/compare" method="get">
        <div class="card"><table class="findings stack runs picks" role="table" aria-label="Runs">
        <thead><tr role="row"><th scope="col" role="columnheader">Run</th>\
        <th scope="col" role="columnheader" class="right">First finding</th>\
        <th scope="col" role="columnheader" class="right">95% interval</th>\
        <th scope="col" role="columnheader" class="right">Took</th>\
        <th scope="col" role="columnheader" class="right">Recorded, UTC</th>\
        <th scope="col" role="columnheader">Status</th></tr></thead>
        <tbody>
        \(rows)</tbody></table></div>
        <div class="below"><button type="submit">Compare chosen runs</button>\
        \(PageParts.pager(place, total: page.total, address: address))</div>
        </form>

        """
    }
    return PageFrame(title: "Runs").response(body)
  }

  private func row(_ run: RunRecord, _ finding: RunFinding?, _ tags: [String]) -> HTML {
    let interval = finding?.intervalText ?? ""
    let took = run.seconds.map(NumberText.duration) ?? ""
    return """
      <tr role="row"><th scope="row" role="rowheader">\(PageParts.pick(run))\
      <a href="\(PageAddress.run(run.id))">\(PageParts.name(of: run))</a>\
      <small>\(PageParts.details(of: run, tags: tags))</small><code>\(run.id)</code></th>\
      <td role="cell" class="right value">\(PageParts.value(finding))</td>\
      <td role="cell" class="right interval"\(label("95% interval", interval))>\(interval)</td>\
      <td role="cell" class="right"\(label("Took", took))>\(took)</td>\
      <td role="cell" class="right">\(PageParts.time(run.created))</td>\
      <td role="cell" class="badge-cell">\(PageParts.badge(run.state))</td></tr>

      """
  }

  private func label(_ name: String, _ text: String) -> HTML {
    text.isEmpty ? "" : " data-label=\"\(name)\""
  }

  private func filters(_ store: RunStore) throws -> HTML {
    func options(_ names: [String], chosen: String?) -> [HTML] {
      names.map { name -> HTML in
        let mark: HTML = name == chosen ? " selected" : ""
        return "<option value=\"\(name)\"\(mark)>\(name)</option>"
      }
    }
    let recipes = try store.recipes(limit: Self.mostRecipes).map { name -> HTML in
      "<option value=\"\(name)\"></option>"
    }
    let hidden = [("tag", query.tag), ("variant", query.variant), ("sweep", query.sweep)]
      .compactMap { name, value -> HTML? in
        value.map { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">" }
      }
    let narrowed = [("tag", query.tag), ("variant", query.variant), ("sweep", query.sweep)]
      .compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: ", ")
    let note: HTML =
      narrowed.isEmpty
      ? "" : "<p class=\"lead\">Of \(narrowed) alone. <a href=\"/\">All runs</a></p>\n"
    return """
      <form class="filters" action="/" method="get" role="search">
      <label>Kind <select name="kind"><option value="">all</option>\
      \(options(try store.kinds(), chosen: query.kind))</select></label>
      <label>Status <select name="status"><option value="">all</option>\
      \(options(RunRecord.Status.allCases.map(\.rawValue), chosen: query.status?.rawValue))\
      </select></label>
      <label class="grow">Recipe has <input type="search" name="recipe" list="recipes" \
      value="\(query.recipe ?? "")" maxlength="\(RequestTarget.longestValue)"></label>
      <datalist id="recipes">\(recipes)</datalist>
      \(hidden)<button type="submit">Show</button>
      </form>
      \(note)
      """
  }

  private func address(_ number: Int) -> String {
    PageAddress.list(
      "/",
      [
        ("kind", query.kind), ("status", query.status?.rawValue), ("recipe", query.recipe),
        ("tag", query.tag), ("variant", query.variant), ("sweep", query.sweep),
        ("page", number > 1 ? "\(number)" : nil),
      ])
  }
}
