import Foundation
import Reports
import Runs

/// One sweep: its pages and its runs.
struct SweepDetailPage {
  /// How many runs are listed.
  private static let mostRuns = 500

  let sweep: SweepRecord
  let store: RunStore

  func response() throws -> HTTPResponse {
    let address = PageAddress.sweep(sweep.id)
    let entries = ServedFolder(path: sweep.folder).entries(depth: 0)
    let members = try store.members(of: sweep)
    var body = PageParts.pages(entries, of: address)
    body += try runs(members)
    body += PageParts.files(entries, of: address)
    let done = members.filter { $0.run.status == .finished }.count
    let facts = [
      sweep.id, "\(done) of \(members.count) runs finished",
      "recorded " + NumberText.time(sweep.created) + " UTC",
    ]
    return PageFrame(
      title: PageParts.name(ofRecipe: sweep.recipe, profile: sweep.profile), facts: facts
    ).response(body)
  }

  private func runs(_ members: [SweepMember]) throws -> HTML {
    let shown = Array(members.prefix(Self.mostRuns))
    let findings = try store.leadingFindings(of: shown.map(\.run))
    let hasRounds = members.contains { $0.rung > 0 }
    let rows = shown.map { member -> HTML in
      let finding = findings[member.run.id]
      let round = hasRounds ? " · round \(member.rung + 1)" : ""
      return """
        <tr role="row"><th scope="row" role="rowheader">\(PageParts.pick(member.run))\
        <a href="\(PageAddress.run(member.run.id))">\(member.variant)</a>\
        <small>seed \(member.seed)\(round)</small><code>\(member.run.id)</code></th>\
        <td role="cell" class="right value">\(PageParts.value(finding))</td>\
        <td role="cell" class="right interval">\(finding?.intervalText ?? "")</td>\
        <td role="cell" class="badge-cell">\(PageParts.badge(member.run.state))</td></tr>

        """
    }
    guard !rows.isEmpty else { return "" }
    let rest: HTML =
      members.count > shown.count
      ? """
      <p class="lead">The first \(shown.count) of \(members.count) runs; \
      <a href="\(PageAddress.list("/", [("sweep", sweep.id)]))">all of them</a></p>
      """ : ""
    return """
      <h2 id="runs">Runs</h2>
      <form action="/compare" method="get">
      <div class="card"><table class="findings stack runs picks" role="table" aria-labelledby="runs">
      <thead><tr role="row"><th scope="col" role="columnheader">Variant</th>\
      <th scope="col" role="columnheader" class="right">First finding</th>\
      <th scope="col" role="columnheader" class="right">95% interval</th>\
      <th scope="col" role="columnheader">Status</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      <div class="below"><button type="submit">Compare chosen runs</button></div>
      </form>
      \(rest)
      """
  }
}
