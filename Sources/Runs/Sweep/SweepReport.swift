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
  private let notice: String

  /// The report of what is finished.
  ///
  /// - Parameter notice: what the header says before what the recipe is about.
  /// - Throws: ``StoreError``, or `StatisticsError` for findings that are not finite.
  public init(
    plan: SweepPlan, record: SweepRecord, store: RunStore, version: String, notice: String = ""
  ) throws {
    self.plan = plan
    self.notice = notice
    self.version = version
    let all = try store.members(of: record)
    members = all
    let last = all.filter { $0.rung == plan.rounds - 1 }
    analysis = try SweepAnalysis(plan, members: last, store: store)
    curves = try SweepCurves(plan: plan, members: last, store: store).plots()
  }

  private var last: [SweepMember] { members.filter { $0.rung == plan.rounds - 1 } }
  private var seconds: Double { members.compactMap(\.run.seconds).reduce(0, +) }

  private var tables: SweepTables { SweepTables(analysis: analysis, plan: plan) }

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
      .init("ablation.md", markdown), .init("ablation.tex", tables.latex(title: title)),
      .init("ablation.csv", tables.csv), .init("results.json", json.text(pretty: true)),
    ])
  }

  /// The page as Markdown.
  public var markdown: String { page.markdown() }

  /// The tables for the terminal.
  public var text: String {
    let all = analysis.metrics.map { "\($0.title) (\($0.id))\n\n\(tables.table(of: $0).text())" }
    let head = tables.overview.map { ["\(SweepTables.overviewTitle)\n\n\($0.text())"] } ?? []
    return (head + (tables.isLong ? [] : all) + [notes.joined(separator: "\n")]).joined(
      separator: "\n") + "\n"
  }

  // MARK: Page

  private var tradeoffs: SweepTradeoffs {
    SweepTradeoffs(analysis: analysis, settings: plan.settings)
  }

  private var power: SweepPower {
    SweepPower(
      analysis: analysis,
      seedCount: analysis.metrics.flatMap { $0.cells.map(\.values.count) }.max() ?? 0,
      isLong: tables.isLong)
  }

  private var notes: [String] {
    var notes = power.notes
    if analysis.unit == .seed {
      notes.append(
        "Intervals over seeds take the test examples for fixed: they say what training again gives,"
          + " not what other data would.")
    }
    notes += SweepForecast(analysis).notes
    let missing = last.filter { $0.run.status != .finished }
    if !missing.isEmpty {
      let list = missing.map { "\($0.variant) seed \($0.seed) (\($0.run.state))" }
      notes.append("Not finished and left out: \(list.joined(separator: ", ")).")
    }
    let unknown = tradeoffs.unknown
    if !unknown.isEmpty, !analysis.metrics.isEmpty {
      notes.append(
        "sweep.tradeoffs names \(unknown.joined(separator: ", ")), which no run measured.")
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
    let overview = tables.overview
    var sections = analysis.metrics.map { metric in
      ResultsPage.Section(
        metric.title,
        text: "\(metric.id), \(metric.better == .lower ? "lower" : "higher") is better",
        content: [
          // How to read them is said once.
          .table(tables.table(of: metric), caption: overview == nil ? tables.caption : "")
        ] + (tables.isLong ? [] : [.plot(bars(of: metric))]))
    }
    // What was asked for as a picture comes before the tables of single findings.
    let costs = tradeoffs.plots
    if !costs.isEmpty {
      sections.insert(
        .init("What one costs in the other", content: costs.map { .plot($0) }), at: 0)
    }
    if let overview {
      sections.insert(
        .init(
          SweepTables.overviewTitle,
          content: [.table(overview, caption: tables.overviewCaption)]), at: 0)
    }
    if analysis.metrics.isEmpty {
      sections.append(.init("Results", text: "No run is finished yet."))
    }
    if !curves.isEmpty {
      sections.append(.init("Learning curves", content: curves.map { .plot($0) }))
    }
    let least: [ResultsPage.Content] =
      power.table.map { [.table($0, caption: power.tableCaption)] } ?? []
    sections.append(.init("What this can and cannot tell", content: [.notes(notes)] + least))
    sections.append(.init("Runs", content: [.table(runs, caption: "In the order of the sweep.")]))
    sections.append(.init("Recipe", content: [.code(plan.recipe.yaml + sweepText)]))
    return ResultsPage(
      title: title,
      lead: [notice, plan.recipe.header.about ?? ""].filter { !$0.isEmpty }.joined(separator: " "),
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
        forecast: Self.listed(plan.settings.forecast[variant.name]),
        published: Self.listed(plan.settings.published?.values[variant.name]))
    }
    return ResultsFile(
      recipe: plan.recipe.file.path, profile: plan.recipe.profile,
      settings: [
        "settings": plan.recipe.json, "sweep": plan.recipe.sweep?.json ?? .null,
      ], seeds: plan.settings.seeds, seconds: seconds, variants: variants
    ).json
  }

  private static func listed(_ figures: [String: Double]?) -> [(name: String, value: Double)] {
    (figures ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
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
