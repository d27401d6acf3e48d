import Foundation
import Reports
import Runs
import Statistics
import Testing

@Suite("What a sweep says")
struct SweepAnalysisTests {
  private let scratch: Scratch
  private let errors: [String: [Double]] = [
    "clean": [0.10, 0.12, 0.11], "pgd": [0.15, 0.16, 0.17], "noise": [0.10, 0.13, 0.11],
    "sam-0.5": [0.20, 0.20, 0.20], "sam-1e-2": [0.30, 0.30, 0.30],
  ]

  init() throws { scratch = try Scratch() }

  private func analysed(
    seeds: Int, sweep: String = "", others: [String] = [],
    variants: String = "{ clean: { x: 1 }, noise: { x: 2 }, pgd: { x: 3 } }",
    forecast: String = "{ pgd: { test_error: 0.05 } }", examples: [String: String] = [:]
  ) throws -> (SweepAnalysis, SweepReport) {
    let store = try scratch.store()
    let text = """
      recipe: train
      title: A & B
      seed: 0
      sweep:
        seeds: \(seeds)
        variants: \(variants)
        forecast: \(forecast)
      \(sweep)
      """
    let plan = try SweepPlan(try RecipeFile(yaml: text, path: "r.yaml").resolved())
    let record = try store.recordSweep(
      id: "s1", recipe: "r.yaml", profile: nil, settings: "{}", folder: scratch.path("s"))
    for (index, variant) in plan.variants.enumerated() {
      for seed in 0..<seeds {
        let error = errors[variant.name]?[seed] ?? .nan
        let wrong = (0..<100).map { ($0 * 7 + seed) % 100 < Int((error * 100).rounded()) }
        let run = try scratch.finished(
          variant.name, variant: variant.name, seed: UInt64(seed), error: error, wrong: wrong,
          of: examples[variant.name].map { "\($0) \(seed)" },
          others: Dictionary(uniqueKeysWithValues: others.map { ($0, error * 2) }), in: store)
        try store.add(
          run, to: record, rung: 0, variant: variant.name, seed: UInt64(seed), position: index)
      }
    }
    let members = try store.members(of: record)
    return (
      try SweepAnalysis(plan, members: members, store: store),
      try SweepReport(plan: plan, record: record, store: store, version: "1")
    )
  }

  @Test("trade-offs show who is not beaten in both, and name what was not measured")
  func tradeoffs() throws {
    let sweep = "  tradeoffs: { test_error: [gain, test_error, nothing] }"
    let (_, report) = try analysed(seeds: 3, sweep: sweep, others: ["gain"])
    let page = report.markdown
    let order = ["What one costs in the other", ", lower is better"].map {
      page.firstRange(of: $0)?.lowerBound
    }
    #expect(try #require(order[0]) < #require(order[1]))
    // The findings beside the error are better when higher, so that each variant has its price.
    #expect(page.contains("No variant is better in both than clean, noise, pgd (dashed)"))
    #expect(page.contains("No variant is better in both than clean (dashed)"))
    #expect(page.contains("sweep.tradeoffs names nothing, which no run measured"))
    let (_, plain) = try analysed(seeds: 1)
    #expect(!plain.markdown.contains("What one costs"))
  }

  @Test("strengths of one thing are one curve, in their order")
  func strengths() throws {
    let (_, report) = try analysed(
      seeds: 1, sweep: "  tradeoffs: { test_error: [gain] }", others: ["gain"],
      variants: "{ clean: { x: 1 }, sam-0.5: { x: 2 }, sam-1e-2: { x: 3 } }", forecast: "{}")
    let folder = scratch.url.appending(path: "strengths")
    try report.write(to: folder, plotlyPath: "plotly.js")
    let page = try String(contentsOf: folder.appending(path: "ablation.html"), encoding: .utf8)
    let section = page.components(separatedBy: "<h2>").first { $0.contains("What one costs") }
    let plot = try #require(section)
    let rows = plot.matches(of: /<th scope="row">(sam|clean)<\/th><td class="right">([0-9.]+%)/)
    #expect(rows.map { "\($0.1) \($0.2)" } == ["sam 30.0%", "sam 20.0%", "clean 10.0%"])
    #expect(plot.contains(">sam</text>") && !plot.contains(">sam-0.5</text>"))
    #expect(plot.contains("A line joins variants"))
  }

  @Test("means, intervals and paired tests are those of the statistics room")
  func threeSeeds() throws {
    let (analysis, _) = try analysed(seeds: 3)
    let metric = try #require(analysis.metrics.first)
    #expect(metric.cells.map(\.variant) == ["clean", "noise", "pgd"])
    #expect(analysis.comparisonCount == 2)
    let pgd = metric.cells[2]
    #expect(abs(pgd.mean - 0.16) < 1e-12)
    // Student's interval of 0.15, 0.16, 0.17: 0.16 ± 4.302653 · 0.01 / √3.
    #expect(
      abs((pgd.interval?.low ?? 0) - (0.16 - 4.302652729911275 * 0.01 / 3.0.squareRoot())) < 1e-9)
    let compared = try #require(pgd.comparison)
    #expect(abs(compared.difference - 0.05) < 1e-12)
    let paired = try PairedComparison([0.15, 0.16, 0.17], baseline: [0.10, 0.12, 0.11])
    #expect(compared.pValue == paired.tTest)
    #expect(compared.effect == paired.hedgesG)
    let noise = try #require(metric.cells[1].comparison?.pValue)
    let holm = MultipleComparisons.holm([noise, compared.pValue ?? .nan])
    #expect(compared.adjusted == holm[1])
    #expect(metric.cells[0].comparison == nil)
  }

  @Test("a sentence says what held of a forecast")
  func forecast() throws {
    let (_, report) = try analysed(
      seeds: 3,
      forecast:
        "{ clean: { test_error: 0.11 }, noise: { test_error: 0.05 }, pgd: { test_error: 0.14 } }")
    #expect(
      report.text.contains(
        """
        Forecast of test_error: 2 of 3 predicted figures lie in the interval that was measured; of 2 \
        predicted differences to the baseline 1 showed with the predicted sign, 0 with the opposite one, \
        and 1 cannot be told from zero.
        """))
    let (_, single) = try analysed(seeds: 3)
    #expect(single.text.contains("0 of 1 predicted figures lie in the interval that was measured."))
  }

  @Test("with one seed the examples decide, by McNemar's exact test")
  func oneSeed() throws {
    let (analysis, report) = try analysed(seeds: 1)
    #expect(analysis.unit == .example)
    let pgd = try #require(analysis.metrics.first?.cells.last)
    // The errors of clean are among those of pgd: 5 examples differ, all one way.
    #expect(abs((pgd.comparison?.pValue ?? 0) - 2 / 32.0) < 1e-12)
    #expect(pgd.comparison?.seedPValue == nil)
    #expect(report.text.contains("One seed"))
  }

  @Test("where examples decide, intervals draw them, each averaged over seeds")
  func examples() throws {
    let (analysis, report) = try analysed(seeds: 3, sweep: "  unit: example")
    let pgd = try #require(analysis.metrics.first?.cells.last)
    #expect(pgd.basis == .allExamples && report.markdown.contains("bootstrap over examples"))
    let means = (0..<100).map { example in
      (0..<3).map { (example * 7 + $0) % 100 < 15 + $0 ? 1.0 / 3 : 0 }.reduce(0, +)
    }
    let variance = means.map { ($0 - 0.16) * ($0 - 0.16) }.reduce(0, +) / 100
    let interval = try #require(pgd.interval)
    #expect(interval.low < 0.16 && interval.high > 0.16)
    #expect(
      abs((interval.high - interval.low) / (2 * 1.96 * (variance / 100).squareRoot()) - 1) < 0.1)
  }

  @Test("differences that are equal to the last digit are told without a p value")
  func equalDifferences() throws {
    let (analysis, report) = try analysed(
      seeds: 3, variants: "{ sam-0.5: { x: 1 }, sam-1e-2: { x: 2 } }", forecast: "{}")
    let compared = try #require(analysis.metrics.first?.cells.last?.comparison)
    #expect(abs(compared.difference - 0.1) < 1e-12 && compared.seedCount == 3)
    #expect(compared.pValue == nil && compared.interval == nil && compared.adjusted == nil)
    #expect(report.markdown.contains("Student's t knows nothing"))
  }

  @Test("seeds that agree to the last digit have an interval over examples, or none")
  func equalSeeds() throws {
    let store = try scratch.store()
    let plan = try SweepPlan(
      try RecipeFile(yaml: "recipe: train\nseed: 0\nsweep: { seeds: 2 }", path: "r.yaml").resolved()
    )
    let record = try store.recordSweep(
      id: "s2", recipe: "r.yaml", profile: nil, settings: "{}", folder: scratch.path("e"))
    let variant = plan.variants[0].name
    for seed in 0..<2 {
      let run = try store.record(
        scratch.newRun("e", variant: variant, seed: UInt64(seed)),
        environment: Scratch.environment, reusing: .any)
      let session = try RunSession(run, in: store, environment: Scratch.environment)
      let bound = Interval(low: 0, high: 0.01 * Double(seed + 1), level: 0.95)
      _ = try session.perform { _ in
        RunResult(findings: [
          RunFinding(try Finding(id: "a", title: "A", value: 0, interval: bound)),
          RunFinding(try Finding(id: "b", title: "B", value: 0.5)),
        ])
      }
      try store.add(
        run, to: record, rung: 0, variant: variant, seed: UInt64(seed), position: 0)
    }
    let analysis = try SweepAnalysis(plan, members: store.members(of: record), store: store)
    let cells = analysis.metrics.compactMap(\.cells.first)
    #expect(cells.map(\.interval) == [Interval(low: 0, high: 0.02, level: 0.95), nil])
    #expect(cells.map(\.basis) == [.examples, .none])
  }

  @Test("variants that were judged on other examples are not compared example by example")
  func otherExamples() throws {
    let (analysis, _) = try analysed(
      seeds: 3, examples: ["clean": "digits", "noise": "digits", "pgd": "clothes"])
    let cells = try #require(analysis.metrics.first).cells
    #expect(cells.map(\.variant) == ["clean", "noise", "pgd"])
    #expect(cells[1].comparison?.examplePValue != nil)
    #expect(cells[2].comparison?.examplePValue == nil && cells[2].comparison?.seedPValue != nil)
  }

  @Test("outcomes that are no bits are kept to the last digit")
  func realOutcomes() throws {
    let store = try scratch.store()
    for (name, outcomes) in [
      ("real", Outcomes([0.25, -1 / 3.0, 1e-300, 1])), ("single", Outcomes([0.5])),
      ("bits", Outcomes([1.0, 0, 1])), ("none", Outcomes([Double]())),
      ("noted", Outcomes([0.5, 1], of: "a digest")),
    ] {
      let run = try store.record(
        scratch.newRun(name), environment: Scratch.environment, reusing: .any)
      let session = try RunSession(run, in: store, environment: Scratch.environment)
      _ = try session.perform { _ in RunResult(findings: [], outcomes: ["x": outcomes]) }
      #expect(try store.outcomes(of: try store.run(run.id), for: "x") == outcomes)
      #expect((outcomes.bits == nil) == (["real", "single", "noted"].contains(name)))
    }
  }

  @Test("published figures stand apart with their source, and many findings get an overview")
  func published() throws {
    let (_, few) = try analysed(seeds: 3)
    #expect(!few.text.contains("All findings"))
    let (analysis, report) = try analysed(
      seeds: 3,
      sweep: "  published: { source: Some Paper, values: { pgd: { test_error: 0.07, b: 0.5 } } }",
      others: ["a", "b", "c", "d", "e"])
    #expect(analysis.metrics[0].cells.map(\.published) == [nil, nil, 0.07])
    #expect(analysis.metrics[0].cells.map(\.mean)[2] != 0.07)
    let folder = scratch.url.appending(path: "published")
    try report.write(to: folder, plotlyPath: nil)
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    let page = try text("ablation.html")
    #expect(page.contains("published, pgd") && page.contains("Some Paper"))
    // Student's interval of 0.15, 0.16, 0.17, and of their doubles.
    #expect(report.text.contains("16.0 ± 2.5 %") && report.text.contains("32.0 ± 5.0 %"))
    #expect(page.contains("All findings") && report.text.contains("All findings"))
    #expect(try text("results.json").contains("\"published\": {\n        \"b\": 0.5"))
    #expect(try text("ablation.csv").contains("published"))
  }

  @Test("the report has its files, forecasts apart from results, and hostile names escaped")
  func files() throws {
    let (_, report) = try analysed(seeds: 3)
    let folder = scratch.url.appending(path: "report")
    try report.write(to: folder, plotlyPath: nil)
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    #expect(try text("ablation.html").contains("A &amp; B"))
    let latex = try text("ablation.tex")
    #expect(latex.contains("\\toprule") && latex.contains("A \\& B"))
    #expect(latex.contains("forecast") && latex.contains("5.00\\%"))
    let csv = try text("ablation.csv").split(separator: "\n")
    #expect(csv.count == 4)
    #expect(csv[3].hasPrefix("test_error,pgd,rate,lower,3,0.16"))
    let json = try text("results.json")
    #expect(json.contains("touchstone.results/1"))
    #expect(json.contains("\"forecast\": {\n        \"test_error\": 0.05"))
    #expect(report.text.contains("with 3 seeds, differences below"))
    #expect(try text("ablation.md").contains("| pgd |"))
  }
}
