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
    body += findings(try RunComparison(of: runs, in: store), names)
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
      <p class="lead opening">The same as a table, with differences and p values: \
      <code>\(command)</code></p>

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

  private func findings(_ comparison: RunComparison, _ names: [String]) -> HTML {
    guard !comparison.rows.isEmpty else { return "" }
    let heads = names.map { name -> HTML in
      "<th scope=\"col\" class=\"right\">\(name)</th>"
    }
    let rows = comparison.rows.map { row -> HTML in
      let title = row.cells.lazy.compactMap(\.self).first?.finding.title ?? row.id
      return """
        <tr><th scope="row">\(title)<code>\(row.id)</code></th>\(row.cells.map(cell))</tr>

        """
    }
    return """
      <h2 id="findings">Findings</h2>
      <div class="card results side"><div class="scroll" tabindex="0" role="region" \
      aria-labelledby="findings"><table class="findings"><thead><tr><th scope="col">Finding</th>\
      \(heads)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      \(caption(comparison, first: names[0]))</div>

      """
  }

  private func cell(_ cell: RunComparison.Cell?) -> HTML {
    guard let cell else { return "<td class=\"right\"></td>" }
    var test: HTML = ""
    if let difference = cell.differenceText, let p = cell.adjusted {
      let text = NumberText.pValue(p)
      // Lines of their own, so that two runs fit beside one another on a phone.
      test =
        "<small>\(difference)</small><small>p \(text.hasPrefix("<") ? text : "= " + text)</small>"
    }
    return """
      <td class="right"><b>\(cell.finding.valueText)</b><small>\(cell.finding.intervalText)</small>\
      \(test)</td>
      """
  }

  private func caption(_ comparison: RunComparison, first: String) -> HTML {
    let isTested = comparison.rows.contains { $0.cells.contains { $0?.adjusted != nil } }
    let tests: HTML =
      isTested
      ? """
       Below them stand differences to \(first) and their p values over the examples that both were judged on, \
      corrected for all of the page (Holm): McNemar's exact test, and sign flips for what is not right or wrong. \
      They say nothing about what training again would give.
      """
      : " No run was judged on the examples of \(first), so that differences have no p values."
    return "<p class=\"caption\">Small numbers are 95% intervals.\(tests)</p>"
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
