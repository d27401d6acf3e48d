import Foundation
import Reports
import Runs

/// Some runs side by side.
struct ComparePage {
  /// How many runs can be compared; there are six colours.
  static let counts = 2...6

  private let ids: [String]

  init(_ target: RequestTarget) throws(HTTPRefusal) {
    var ids: [String] = []
    for id in target.all("run") where !ids.contains(id) { ids.append(id) }
    guard Self.counts.contains(ids.count) else {
      throw HTTPRefusal(
        .badRequest,
        "choose from \(Self.counts.lowerBound) to \(Self.counts.upperBound) runs to compare; "
          + "\(ids.count) are chosen")
    }
    self.ids = ids
  }

  func response(from store: RunStore) throws -> HTTPResponse {
    let runs = try ids.map { try store.run($0) }
    let names = Self.names(runs)
    var body = key(runs, names)
    body += try findings(runs, names, store)
    let curves = try zip(names, runs).map { name, run in
      (name: name, curves: try RunCurves(of: run, in: store).curves)
    }
    let figures = CurveFigure.figures(comparing: curves)
    if !figures.isEmpty {
      body += "<h2 id=\"curves\">Curves</h2>\n"
      body += CurveParts.grid(figures)
    }
    body += settings(runs, names)
    let command = "touchstone runs compare " + runs.map(\.id).joined(separator: " ")
    body += """
      <p class="lead opening">Whether differences are more than chance: <code>\(command)</code></p>

      """
    return PageFrame(title: "\(runs.count) runs side by side").response(body)
  }

  /// Short names that differ: the variant with its seed where that is enough, else the id.
  private static func names(_ runs: [RunRecord]) -> [String] {
    let names = runs.map { run in
      [run.variant, run.seed.map { "seed \($0)" }].compactMap(\.self).joined(separator: ", ")
    }
    let isEnough = Set(names).count == runs.count && runs.allSatisfy { $0.variant != nil }
    return isEnough ? names : runs.map(\.id)
  }

  private func key(_ runs: [RunRecord], _ names: [String]) -> HTML {
    let rows = zip(runs, names).map { run, name -> HTML in
      """
      <tr role="row"><th scope="row" role="rowheader"><a href="\(PageAddress.run(run.id))">\
      \(name)</a><small>\(PageParts.name(of: run)) · \(PageParts.details(of: run))</small>\
      <code>\(run.id)</code></th>\
      <td role="cell" class="right">\(run.seconds.map(NumberText.duration) ?? "")</td>\
      <td role="cell" class="right">\(PageParts.time(run.created))</td>\
      <td role="cell" class="badge-cell">\(PageParts.badge(run.state))</td></tr>

      """
    }
    return """
      <div class="card"><table class="findings stack runs" role="table" aria-label="Runs">
      <thead><tr role="row"><th scope="col" role="columnheader">Run</th>\
      <th scope="col" role="columnheader" class="right">Took</th>\
      <th scope="col" role="columnheader" class="right">Recorded, UTC</th>\
      <th scope="col" role="columnheader">Status</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  private func findings(
    _ runs: [RunRecord], _ names: [String], _ store: RunStore
  ) throws -> HTML {
    let found = try store.findings(of: runs)
    var order: [String] = []
    var seen: Set<String> = []
    for finding in runs.flatMap({ found[$0.id] ?? [] }) where seen.insert(finding.id).inserted {
      order.append(finding.id)
    }
    guard !order.isEmpty else { return "" }
    let heads = names.map { name -> HTML in
      "<th scope=\"col\" class=\"right\">\(name)</th>"
    }
    let rows = order.map { id -> HTML in
      let own = runs.map { run in found[run.id]?.first { $0.id == id } }
      let cells = own.map { finding -> HTML in
        guard let finding else { return "<td class=\"right\"></td>" }
        return """
          <td class="right"><b>\(finding.valueText)</b><small>\(finding.intervalText)</small></td>
          """
      }
      let title = own.lazy.compactMap(\.self).first?.title ?? id
      return """
        <tr><th scope="row">\(title)<code>\(id)</code></th>\(cells)</tr>

        """
    }
    return """
      <h2 id="findings">Findings</h2>
      <div class="card results side"><div class="scroll" tabindex="0" role="region" \
      aria-labelledby="findings"><table class="findings"><thead><tr><th scope="col">Finding</th>\
      \(heads)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      <p class="caption">Small numbers are 95% intervals.</p></div>

      """
  }

  /// The settings in which the runs differ.
  private func settings(_ runs: [RunRecord], _ names: [String]) -> HTML {
    let leaves = runs.map { run -> [String: String] in
      guard let value = try? JSONValue(parsing: run.settings), case .object(let object) = value
      else { return [:] }
      return Dictionary(object.leaves.map { ($0.path, $0.text) }) { first, _ in first }
    }
    let paths = Set(leaves.flatMap(\.keys)).sorted().filter { path in
      Set(leaves.map { $0[path] }).count > 1
    }
    guard !paths.isEmpty else { return "" }
    let table = TextTable(
      [.init("setting")] + names.map { .init($0) },
      rows: paths.map { path in [path] + leaves.map { $0[path] ?? "" } })
    return """
      <h2>Settings that differ</h2>
      <div class="card results">\
      \(HTMLFigures(isInteractive: false).table(table, of: "Settings that differ"))</div>

      """
  }
}
