import Foundation
import Reports
import Statistics

/// A sweep's results for people and programs: `ablation.html`, `.md`, `.tex`, `.csv` and
/// `results.json`.
public struct SweepReport: Sendable {
  /// The numbers.
  public let analysis: SweepAnalysis
  private let plan: SweepPlan
  private let members: [SweepMember]
  private let curves: [Plot]
  private let version: String

  /// The report of what is finished.
  ///
  /// - Throws: ``StoreError``, or `StatisticsError` for findings that are not finite.
  public init(plan: SweepPlan, record: SweepRecord, store: RunStore, version: String) throws {
    self.plan = plan
    self.version = version
    let all = try store.members(of: record)
    members = all
    let last = all.filter { $0.rung == plan.rounds - 1 }
    analysis = try SweepAnalysis(plan, members: last, store: store)
    curves = try SweepCurves(plan: plan, members: last, store: store).plots()
  }

  private var last: [SweepMember] { members.filter { $0.rung == plan.rounds - 1 } }
  private var seconds: Double { members.compactMap(\.run.seconds).reduce(0, +) }

  private var title: String {
    plan.recipe.header.title
      ?? URL(filePath: plan.recipe.file.path).deletingPathExtension().lastPathComponent
  }

  // MARK: Writing

  /// Writes all files.
  ///
  /// - Throws: `WriteError`.
  public func write(to folder: URL, plotlyPath: String?) throws {
    let page = page
    try ReportFolder(folder.path).write([
      .init("ablation.html", page.html(plotlyPath: plotlyPath)),
      .init("ablation.md", page.markdown()), .init("ablation.tex", latex),
      .init("ablation.csv", csv), .init("results.json", json.text(pretty: true)),
    ])
  }

  /// The tables for the terminal.
  public var text: String {
    let tables = analysis.metrics.map { "\($0.title) (\($0.id))\n\n\(table(of: $0).text())" }
    return (tables + [notes.joined(separator: "\n")]).joined(separator: "\n") + "\n"
  }

  // MARK: Tables

  private func table(of metric: SweepAnalysis.Metric) -> TextTable {
    let hasForecast = metric.cells.contains { $0.forecast != nil }
    var columns: [TextTable.Column] = [
      .init("variant"), .init("seeds", .trailing), .init("mean", .trailing),
      .init("95 % interval", .trailing), .init("difference", .trailing),
      .init("95 % interval", .trailing), .init("p", .trailing), .init("p (Holm)", .trailing),
      .init("g", .trailing), .init(otherUnit, .trailing),
    ]
    if hasForecast { columns.append(.init("forecast", .trailing)) }
    var table = TextTable(columns)
    for cell in metric.cells { table.append(row(cell, metric)) }
    return table
  }

  private var otherUnit: String { analysis.unit == .seed ? "p (examples)" : "p (seeds)" }

  private func row(_ cell: SweepAnalysis.Cell, _ metric: SweepAnalysis.Metric) -> [String] {
    let compared = cell.comparison
    let other = analysis.unit == .seed ? compared?.examplePValue : compared?.seedPValue
    let isBaseline = cell.baseline == nil
    return [
      cell.variant, "\(cell.values.count)", SweepText.value(cell.mean, unit: metric.unit),
      SweepText.interval(cell.interval, unit: metric.unit),
      isBaseline
        ? "baseline"
        : compared.map { SweepText.difference($0.difference, unit: metric.unit) } ?? "",
      SweepText.interval(compared?.interval, unit: metric.unit, isSigned: true),
      compared?.pValue.map(NumberText.pValue) ?? "",
      compared?.adjusted.map(NumberText.pValue) ?? "",
      compared?.effect.map { NumberText.short($0, digits: 3).replacing("-", with: "−") } ?? "",
      other.map(NumberText.pValue) ?? "",
      cell.forecast.map { SweepText.value($0, unit: metric.unit) } ?? "",
    ]
  }

  private var caption: String {
    let basis = Set(analysis.metrics.flatMap { $0.cells.map(\.basis.rawValue) }).sorted()
    let decisive =
      analysis.unit == .seed
      ? "p: paired t test over seeds; p (examples): sign-flip permutation test over test examples"
        + " for the models at hand"
      : "p: sign-flip permutation test over examples (McNemar's exact test for one seed);"
        + " p (seeds): paired t test over seeds"
    let reference =
      analysis.baselines.count == 1 ? analysis.baselines[0] : "the nearest baseline above"
    let forecast =
      plan.settings.forecast.isEmpty
      ? "" : " Forecast: a figure that was predicted before anything was run, not a result."
    return """
      Intervals: \(basis.joined(separator: ", ")). Differences are to \(reference), seed by \
      seed. \(decisive). p (Holm): corrected for all \(analysis.comparisonCount) comparisons of this \
      page. g: Hedges' g of the paired differences.\(forecast)
      """
  }

  private var latex: String {
    analysis.metrics.map { metric in
      table(of: metric).latex(
        caption: "\(title): \(metric.title.lowercased()). \(caption)",
        label: "tab:\(metric.id)")
    }.joined(separator: "\n")
  }

  /// One row a finding and variant, every number in full.
  private var csv: String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    var table = TextTable(
      [
        "finding", "variant", "unit", "better", "seeds", "mean", "low", "high", "interval",
        "difference", "difference_low", "difference_high", "p", "p_holm", "p_seeds", "p_examples",
        "hedges_g", "forecast", "values",
      ].map { .init($0) })
    for metric in analysis.metrics {
      for cell in metric.cells {
        let compared = cell.comparison
        table.append([
          metric.id, cell.variant, metric.unit, metric.better.rawValue, "\(cell.values.count)",
          text(cell.mean), text(cell.interval?.low), text(cell.interval?.high),
          cell.basis.rawValue, text(compared?.difference), text(compared?.interval?.low),
          text(compared?.interval?.high), text(compared?.pValue), text(compared?.adjusted),
          text(compared?.seedPValue), text(compared?.examplePValue), text(compared?.effect),
          text(cell.forecast), cell.values.map { "\($0.value)" }.joined(separator: " "),
        ])
      }
    }
    return table.csv()
  }

  // MARK: Page

  private var notes: [String] {
    let power = SweepPower(
      analysis: analysis,
      seedCount: analysis.metrics.flatMap { $0.cells.map(\.values.count) }.max() ?? 0)
    var notes = power.notes
    if analysis.unit == .seed {
      notes.append(
        "Intervals over seeds take the test examples for fixed: they say what training again gives,"
          + " not what other data would.")
    }
    let missing = last.filter { $0.run.status != .finished }
    if !missing.isEmpty {
      let list = missing.map { "\($0.variant) seed \($0.seed) (\($0.run.state))" }
      notes.append("Not finished and left out: \(list.joined(separator: ", ")).")
    }
    if let halving = plan.settings.halving {
      let kept = Set(last.map(\.variant))
      let dropped = plan.variants.map(\.name).filter { !kept.contains($0) }
      notes.append(
        """
        Successive halving by \(halving.metric) in \(halving.rounds) rounds dropped \
        \(dropped.isEmpty ? "nothing" : dropped.joined(separator: ", ")).
        """)
      if halving.metric.hasPrefix("test_") {
        notes.append(
          "Variants were chosen by a test figure, so that figure of the survivors is too good; set"
            + " data.validation and choose by validation_error.")
      }
    }
    return notes
  }

  private var page: ResultsPage {
    var sections = analysis.metrics.map { metric in
      ResultsPage.Section(
        metric.title,
        text: "\(metric.id), \(metric.better == .lower ? "lower" : "higher") is better",
        content: [.table(table(of: metric), caption: caption), .plot(bars(of: metric))])
    }
    if analysis.metrics.isEmpty {
      sections.append(.init("Results", text: "No run is finished yet."))
    }
    if !curves.isEmpty {
      sections.append(.init("Learning curves", content: curves.map { .plot($0) }))
    }
    sections.append(.init("What this can and cannot tell", content: [.notes(notes)]))
    sections.append(.init("Runs", content: [.table(runs, caption: "In the order of the sweep.")]))
    sections.append(.init("Recipe", content: [.code(plan.recipe.yaml + sweepText)]))
    return ResultsPage(
      title: title, lead: plan.recipe.header.about ?? "",
      facts: [
        ("Recipe", plan.recipe.file.path), ("Profile", plan.recipe.profile ?? "none"),
        ("Seeds", "\(plan.settings.seeds.count)"), ("Runs", "\(members.count)"),
        ("Computing time", NumberText.duration(seconds)),
      ], sections: sections, version: version)
  }

  private var sweepText: String {
    guard let sweep = plan.recipe.sweep else { return "" }
    return "sweep:\n"
      + sweep.yaml.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
  }

  private func bars(of metric: SweepAnalysis.Metric) -> Plot {
    Plot(
      title: metric.title, caption: "Means with 95 % intervals.",
      content: .bars(
        .init(
          category: "variant",
          y: .init(
            metric.title, format: metric.unit == Finding.rate ? .percent : .number),
          bars: metric.cells.map {
            .init($0.variant, value: $0.mean, low: $0.interval?.low, high: $0.interval?.high)
          })))
  }

  private var runs: TextTable {
    var table = TextTable([
      .init("run"), .init("variant"), .init("seed", .trailing), .init("status"),
      .init("time", .trailing),
    ])
    for member in members {
      table.append([
        member.run.id, member.variant, member.seed, member.run.state,
        member.run.seconds.map(NumberText.duration) ?? "",
      ])
    }
    return table
  }

  // MARK: results.json

  /// `results.json`, schema `touchstone.results/1`; `n` is the number of seeds.
  public var json: JSONValue {
    let variants = plan.variants.map { variant in
      ResultsFile.Variant(
        name: variant.name,
        metrics: analysis.metrics.compactMap { metric in
          metric.cells.first { $0.variant == variant.name }.map {
            (metric.id, Self.json($0, metric))
          }
        },
        forecast: (plan.settings.forecast[variant.name] ?? [:]).sorted { $0.key < $1.key }
          .map { ($0.key, $0.value) })
    }
    return ResultsFile(
      recipe: plan.recipe.file.path, profile: plan.recipe.profile,
      settings: [
        "settings": plan.recipe.json, "sweep": plan.recipe.sweep?.json ?? .null,
      ], seeds: plan.settings.seeds, seconds: seconds, variants: variants
    ).json
  }

  private static func json(
    _ cell: SweepAnalysis.Cell, _ metric: SweepAnalysis.Metric
  ) -> JSONValue {
    var object: JSONObject = [
      "value": JSONValue(cell.mean), "low": JSONValue(cell.interval?.low),
      "high": JSONValue(cell.interval?.high), "n": .integer(cell.values.count),
      "unit": .string(metric.unit), "better": .string(metric.better.rawValue),
      "interval": .string(cell.basis.rawValue),
      "values": .array(cell.values.map { JSONValue($0.value) }),
    ]
    if let compared = cell.comparison {
      object["difference"] = [
        "value": JSONValue(compared.difference), "low": JSONValue(compared.interval?.low),
        "high": JSONValue(compared.interval?.high), "p": JSONValue(compared.pValue),
        "pHolm": JSONValue(compared.adjusted), "pSeeds": JSONValue(compared.seedPValue),
        "pExamples": JSONValue(compared.examplePValue), "hedgesG": JSONValue(compared.effect),
      ]
    }
    return .object(object)
  }
}
