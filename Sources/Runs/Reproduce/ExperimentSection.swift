import Foundation
import Reports
import Statistics

/// One experiment on the page of results.
struct ExperimentSection {
  private let result: ExperimentResult
  private let profile: String

  init(_ result: ExperimentResult, profile: String) {
    self.result = result
    self.profile = profile
  }

  private var experiment: ReproducedExperiment { result.plan.experiment }

  /// The section.
  var markdown: String {
    let title = experiment.title ?? result.plan.recipe.header.title ?? experiment.name
    let blocks = [
      "### \(MarkdownText.escaped(title))", MarkdownText.escaped(experiment.asks),
      facts,
      ClaimTally(result.verdicts).sentence, claims, sources,
    ]
    let figures = [Claim.Origin.published, .forecast].map(figures)
    return (blocks + figures + ExperimentTables(result).blocks)
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  // MARK: How it was measured

  private var facts: String {
    let command = MarkdownText.code(experiment.command(profile: profile))
    let done = result.members.count
    let count = result.plan.runs.count
    guard done > 0 else {
      let needs = result.plan.dataPaths.map(MarkdownText.code).joined(separator: ", ")
      let data = needs.isEmpty ? "" : " It needs \(needs), and is left out where that is missing."
      return "Not measured: the store has none of its \(runs(count)).\(data) By \(command)."
    }
    let part = done == count ? runs(count) : "\(done) of \(runs(count))"
    let circumstances = RunCircumstances(result.members.map(\.run))
    let commits = circumstances.commits.joined(separator: ", ")
    let commit = commits.isEmpty ? "" : ", commit \(commits)"
    return """
      \(command): \(part), \(seeds), \(NumberText.duration(result.seconds)) of computing\
      \(machines(circumstances))\(commit).
      """
  }

  private func machines(_ circumstances: RunCircumstances) -> String {
    circumstances.machines.isEmpty
      ? "" : " on " + MarkdownText.escaped(circumstances.machines.joined(separator: ", "))
  }

  private func runs(_ count: Int) -> String { count == 1 ? "1 run" : "\(count) runs" }

  private var seeds: String {
    var seen: Set<String> = []
    let seeds = result.members.map(\.seed).filter { seen.insert($0).inserted }
    let numbers = seeds.compactMap { UInt64($0) }.sorted()
    guard numbers.count == seeds.count, let first = numbers.first, let last = numbers.last,
      numbers.count > 1
    else { return "seed \(seeds.joined(separator: ", "))" }
    return last - first == numbers.count - 1
      ? "seeds \(first) to \(last)"
      : "seeds \(numbers.map(String.init).joined(separator: ", "))"
  }

  // MARK: Claims

  private var claims: String {
    guard !result.claims.isEmpty else { return "" }
    let isMeasured = !result.members.isEmpty
    var columns: [TextTable.Column] = [.init("claim")]
    if isMeasured {
      columns += [.init("measured (95 % interval)", .trailing), .init("n", .trailing)]
    }
    var table = TextTable(columns + [.init("claimed", .trailing), .init("verdict")])
    for judged in result.claims {
      table.append(
        [judged.claim.says] + (isMeasured ? [measured(judged), size(judged)] : [])
          + [claimed(judged), ExperimentText.verdict(judged.verdict)])
    }
    return table.markdown()
  }

  private func measured(_ judged: JudgedClaim) -> String {
    guard let value = judged.value else { return "" }
    return judged.claim.against == nil
      ? ExperimentText.measure(value, judged.interval, unit: judged.unit)
      : ExperimentText.difference(value, judged.interval, unit: judged.unit)
  }

  private func size(_ judged: JudgedClaim) -> String {
    guard judged.value != nil else { return "" }
    return ExperimentText.size(
      seeds: judged.seedCount, examples: result.exampleCounts[judged.claim.finding])
  }

  private func claimed(_ judged: JudgedClaim) -> String {
    let claim = judged.claim
    func text(_ value: Double) -> String {
      claim.against == nil
        ? ExperimentText.figure(value, unit: judged.unit)
        : SweepText.difference(value, unit: judged.unit)
    }
    let words =
      switch claim.statement {
      case .within(let range) where range.lowerBound == range.upperBound: text(range.lowerBound)
      case .within(let range): "\(text(range.lowerBound)) to \(text(range.upperBound))"
      case .above(0) where claim.against != nil: "higher"
      case .below(0) where claim.against != nil: "lower"
      case .above(let value): "above \(text(value))"
      case .below(let value): "below \(text(value))"
      }
    return "\(words), \(claim.origin.rawValue)"
  }

  /// Who said what, each source once.
  private var sources: String {
    var seen: Set<String> = []
    let own = result.claims.compactMap(\.claim.source).filter { seen.insert($0).inserted }
    return own.isEmpty
      ? "" : "Sources: \(MarkdownText.escaped(own.joined(separator: "; ")))."
  }

  // MARK: Figures of the recipe

  /// One table for all figures of an origin.
  private func figures(_ origin: Claim.Origin) -> String {
    let tables = result.figures.filter { $0.origin == origin }
    guard !tables.isEmpty else { return "" }
    let name = origin.rawValue
    let isMeasured = !result.members.isEmpty
    let isCompared = tables.contains { $0.rows.contains { $0.sign != nil } }
    var columns: [TextTable.Column] = tables.count > 1 ? [.init("finding")] : []
    columns.append(.init("variant"))
    if isMeasured {
      columns += [.init("measured (95 % interval)", .trailing), .init("n", .trailing)]
    }
    columns += [.init(name, .trailing), .init("verdict")]
    if isCompared, isMeasured {
      columns.append(.init("difference to \(baselines(tables))", .trailing))
    }
    if isCompared { columns += [.init("\(name) difference", .trailing), .init("its sign")] }
    var table = TextTable(columns)
    for figures in tables {
      for (index, row) in figures.rows.enumerated() {
        // A finding is named once, above its other rows.
        let title = tables.count == 1 ? [] : [index == 0 ? figures.title : ""]
        table.append(title + cells(row, figures, isMeasured, isCompared))
      }
    }
    let only = tables.count == 1 ? "**\(MarkdownText.escaped(tables[0].title))**. " : ""
    return "\(only)\(words(of: origin)):\n\n\(table.markdown())"
  }

  private func baselines(_ tables: [FigureTable]) -> String {
    let names = Set(tables.flatMap { $0.rows.compactMap(\.baseline) })
    return names.count == 1 ? names.first ?? "" : "the baseline"
  }

  private func words(of origin: Claim.Origin) -> String {
    guard origin == .published, let source = result.plan.plan.settings.published?.source
    else { return "Beside the forecast of the design note, which is no result" }
    return "Beside what others published (\(MarkdownText.escaped(source)))"
  }

  private func cells(
    _ row: FigureTable.Row, _ figures: FigureTable, _ isMeasured: Bool, _ isCompared: Bool
  ) -> [String] {
    let unit = figures.unit
    let cell = row.cell
    var cells = [row.variant]
    if isMeasured {
      cells += [
        cell.map { ExperimentText.measure($0.mean, $0.interval, unit: unit) } ?? "",
        cell.map {
          ExperimentText.size(
            seeds: $0.values.count, examples: result.exampleCounts[figures.finding])
        } ?? "",
      ]
    }
    cells += [ExperimentText.figure(row.figure, unit: unit), ExperimentText.verdict(row.level)]
    guard isCompared else { return cells }
    let compared = row.sign == nil ? nil : cell?.comparison
    if isMeasured {
      cells.append(
        compared.map { ExperimentText.difference($0.difference, $0.interval, unit: unit) } ?? "")
    }
    return cells + [
      row.predicted.map { SweepText.difference($0, unit: unit) } ?? "",
      row.sign.map(ExperimentText.verdict) ?? "",
    ]
  }
}
