import Reports
import Statistics

/// What was measured in an experiment beyond what was claimed: its main findings, variant by variant.
struct ExperimentTables {
  private let result: ExperimentResult

  /// The most columns of numbers that a table keeps legible on a page.
  private static let widest = 4

  init(_ result: ExperimentResult) { self.result = result }

  /// The tables, each a block of Markdown; none where nothing was measured.
  var blocks: [String] {
    guard let analysis = result.analysis else { return [] }
    let metrics = shown(analysis)
    guard !metrics.isEmpty else { return [] }
    var names: [String] = []
    for variant in result.plan.plan.variants.map(\.name)
    where metrics.contains(where: { $0.cells.contains { $0.variant == variant } }) {
      names.append(variant)
    }
    if !result.plan.experiment.run.isSweep { return [single(metrics)] }
    let tables =
      metrics.count > Self.widest && names.count <= Self.widest
      ? [byFinding(metrics, names)] : byVariant(metrics, names)
    return tables.map { $0.markdown() } + [caption(metrics, analysis)]
  }

  /// The findings that were asked for, without those that stand in a table of figures already.
  private func shown(_ analysis: SweepAnalysis) -> [SweepAnalysis.Metric] {
    let wanted = result.plan.experiment.metrics ?? result.plan.plan.settings.metrics
    let figures = Set(result.figures.filter { $0.rows.count > 1 }.map(\.finding))
    return analysis.metrics.filter {
      (wanted?.contains($0.id) ?? true) && !isCovered($0, by: figures)
    }
  }

  /// Whether every variant of a finding has a figure, so that a second table would say it again.
  private func isCovered(_ metric: SweepAnalysis.Metric, by figures: Set<String>) -> Bool {
    guard figures.contains(metric.id) else { return false }
    let rows = Set(
      result.figures.filter { $0.finding == metric.id }.flatMap { $0.rows.map(\.variant) })
    return metric.cells.allSatisfy { rows.contains($0.variant) }
  }

  private func single(_ metrics: [SweepAnalysis.Metric]) -> String {
    var table = TextTable([
      .init("finding"), .init("measured (95 % interval)", .trailing), .init("n", .trailing),
      .init("name"),
    ])
    for metric in metrics {
      guard let cell = metric.cells.first else { continue }
      table.append([
        title(metric), ExperimentText.measure(cell.mean, cell.interval, unit: metric.unit),
        ExperimentText.size(seeds: 1, examples: result.exampleCounts[metric.id]), metric.id,
      ])
    }
    return table.markdown()
  }

  /// One row a variant, with as many findings side by side as can be read.
  private func byVariant(
    _ metrics: [SweepAnalysis.Metric], _ names: [String]
  ) -> [TextTable] {
    let count = (metrics.count + Self.widest - 1) / Self.widest
    let width = (metrics.count + count - 1) / count
    return stride(from: 0, to: metrics.count, by: width).map { start in
      let part = metrics[start..<min(start + width, metrics.count)]
      var table = TextTable(
        [.init("variant")] + part.map { .init(title($0), .trailing) })
      for name in names { table.append([name] + part.map { text($0, name) }) }
      return table
    }
  }

  /// One row a finding, one column a variant.
  private func byFinding(_ metrics: [SweepAnalysis.Metric], _ names: [String]) -> TextTable {
    var table = TextTable([.init("finding")] + names.map { .init($0, .trailing) })
    for metric in metrics { table.append([title(metric)] + names.map { text(metric, $0) }) }
    return table
  }

  private func title(_ metric: SweepAnalysis.Metric) -> String {
    "\(metric.title) \(metric.better == .lower ? "↓" : "↑")"
  }

  /// A mean with its interval, and a mark where it differs from the baseline's.
  private func text(_ metric: SweepAnalysis.Metric, _ name: String) -> String {
    guard let cell = metric.cells.first(where: { $0.variant == name }) else { return "" }
    let differs = cell.comparison?.interval.map { $0.low > 0 || $0.high < 0 } ?? false
    return ExperimentText.measure(cell.mean, cell.interval, unit: metric.unit)
      + (differs ? " †" : "")
  }

  private func caption(
    _ metrics: [SweepAnalysis.Metric], _ analysis: SweepAnalysis
  ) -> String {
    let cells = metrics.flatMap(\.cells)
    let bases = Set(cells.map(\.basis.rawValue)).sorted().joined(separator: ", ")
    let seeds = Set(cells.map(\.values.count)).sorted().map(String.init)
    let units = metrics.compactMap { metric in
      result.exampleCounts[metric.id].map {
        ExperimentText.size(seeds: 1, examples: $0)
      }
    }
    var seen: Set<String> = []
    let sizes = units.filter { seen.insert($0).inserted }
    let behind =
      sizes.isEmpty ? "" : ", each run on \(sizes.joined(separator: " or ")) examples or units"
    let mark =
      cells.contains { $0.comparison != nil }
      ? " †: the paired difference to \(reference(analysis)) is not zero." : ""
    return MarkdownText.escaped(
      """
      ↑ higher and ↓ lower is better. Means over \(seeds.joined(separator: " or ")) \
      \(seeds == ["1"] ? "seed" : "seeds") with 95 % intervals (\(bases))\(behind).\(mark)
      """)
  }

  private func reference(_ analysis: SweepAnalysis) -> String {
    analysis.baselines.count == 1 ? analysis.baselines[0] : "the nearest baseline above"
  }
}
