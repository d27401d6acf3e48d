import Foundation
import Reports
import Runs
import Statistics
import Testing

@Suite("The page of results")
struct ResultsDocumentTests {
  private let scratch: Scratch
  private let store: RunStore

  init() throws {
    scratch = try Scratch()
    store = try scratch.store()
  }

  private static let experiment = """
      - recipe: ../r.yaml
        run: ablate
        asks: Is it <better>?
        claims:
          - { says: Better errs less., finding: test_error, variant: better, against: plain, is: lower }
          - { says: Better errs more., finding: test_error, variant: better, against: plain, is: higher }
          - { says: Worse errs less than better., finding: test_error, variant: worse, against: better, is: lower }
          - { says: As published, finding: test_error, variant: plain, published: [0.09, 0.105], source: Somebody }
          - { says: A bound, finding: test_error, variant: plain, above: 0.5 }
          - { says: Something else, finding: other, variant: plain, above: 0 }

    """

  private func page(_ experiments: String = Self.experiment) throws -> String {
    let (file, plans) = try scratch.plans(experiments)
    let results = try plans.map { try ExperimentResult($0, in: store) }
    return ResultsDocument([.init(file, results)], profile: "quick").markdown
  }

  private func fill(_ errors: [String: [Double]]) throws {
    let (_, plans) = try scratch.plans(Self.experiment)
    try scratch.finish(plans[0], errors: errors, in: store)
  }

  private let errors: [String: [Double]] = [
    "plain": [0.10, 0.12, 0.11], "better": [0.05, 0.07, 0.063], "worse": [0.06, 0.04, 0.06],
  ]

  /// The cells of the first row that holds some words.
  private func row(_ words: String, _ page: String) throws -> [String] {
    let line = page.split(separator: "\n").first { $0.hasPrefix("|") && $0.contains(words) }
    return try #require(line).split(separator: "|").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  @Test("verdicts are those of the intervals")
  func verdicts() {
    func judge(_ statement: Claim.Statement, _ low: Double, _ high: Double) -> ClaimVerdict.Outcome
    {
      ClaimVerdict.judge(statement, by: Interval(low: low, high: high, level: 0.95)).outcome
    }
    #expect(judge(.within(1...1), 0.5, 1) == .held)
    #expect(judge(.within(1...1), 1.1, 2) == .notHeld)
    #expect(judge(.within(1...3), 2.9, 5) == .held)
    #expect(judge(.above(0), 0.1, 1) == .held)
    #expect(judge(.above(0), -0.1, 1) == .cannotTell)
    #expect(judge(.above(0), -1, -0.1) == .notHeld)
    #expect(judge(.above(0), 0, 1) == .cannotTell)
    #expect(judge(.below(2), 0.1, 1) == .held)
    #expect(judge(.below(2), 1, 3) == .cannotTell)
    #expect(judge(.below(2), 2.5, 3) == .notHeld)
    #expect(judge(.above(.nan), 1, 2) == .cannotTell)
    #expect(ClaimVerdict.judge(.above(0), by: nil).outcome == .cannotTell)
    let interval = Interval(low: 1, high: 2, level: 0.95)
    #expect(ClaimVerdict.judge(figure: 1.5, by: interval).outcome == .held)
    #expect(ClaimVerdict.judge(figure: .nan, by: interval).outcome == .cannotTell)
  }

  @Test("every claim stands beside what was measured of it")
  func measured() throws {
    try fill(errors)
    let page = try page()
    // The differences 0.05, 0.05 and 0.047: 0.049 ± 4.302653 · 0.001.
    let better = try row("Better errs less", page)
    #expect(better[1] == "−4.90 points (−5.33 to −4.47)")
    #expect(better[2] == "3 seeds × 1000" && better[3] == "lower, expected")
    #expect(better[4] == "held: the interval leaves out zero")
    #expect(try row("Better errs more", page)[4].hasPrefix("not held"))
    // 0.01, −0.03, −0.003: an interval that has zero.
    #expect(
      try row("Worse errs less than better", page)[4] == "cannot be told: the interval has zero")
    let published = try row("As published", page)
    #expect(published[1] == "11.00% (8.52 to 13.48%)")
    #expect(published[3] == "9.00% to 10.50%, published" && published[4].hasPrefix("held"))
    #expect(try row("A bound", page)[4].hasPrefix("not held"))
    #expect(try row("Something else", page).last == "not measured")
    #expect(page.contains("Sources: Somebody."))
    #expect(page.contains("Is it &lt;better&gt;?") && page.contains("## A &amp; B"))
    #expect(page.contains("A notice that no page forgets"))
    #expect(page.contains("9 runs, seeds 0 to 2"))
  }

  @Test("the recipe's own figures are judged by level and by the sign of their differences")
  func figures() throws {
    try fill(errors)
    let page = try page()
    let better = try row("| better | 6.10%", page)
    #expect(better[3] == "5.00%" && better[4].hasPrefix("held"))
    #expect(better[6] == "−5.00 points" && better[7].hasPrefix("held"))
    let worse = try row("| worse | 5.33%", page)
    #expect(worse[4].hasPrefix("not held") && worse[7].hasPrefix("held"))
    // The baseline has no difference.
    #expect(try row("| plain | 11.00%", page)[5...].allSatisfy(\.isEmpty))
    // Six claims, three levels and two signs.
    #expect(page.contains("**Test error**. Beside the forecast of the design note"))
    #expect(page.contains("| A &amp; B | 11 | 6 | 3 | 1 | 1 | 9 of 9 |"))
    #expect(
      page.contains("Of 11 claims 6 held, 3 did not hold, 1 cannot be told and 1 is not measured."))
  }

  @Test("seeds that differ by the same to the last digit prove nothing")
  func equalDifferences() throws {
    try fill(errors.merging(["better": [0.05, 0.07, 0.06]]) { $1 })
    let better = try row("Better errs less", try page())
    #expect(better[1] == "−5.00 points" && better[4].hasPrefix("cannot be told"))
  }

  @Test("a page without runs lists everything as not measured and has no number of its own")
  func empty() throws {
    let page = try page()
    #expect(page.contains("| A &amp; B | 11 | 0 | 0 | 0 | 11 | 0 of 9 |  |"))
    #expect(page.contains("Not measured: the store has none of its 9 runs."))
    #expect(page.contains("It needs `no/such/data`, and is left out where that is missing."))
    #expect(page.contains("All 11 claims are not measured."))
    #expect(try row("Better errs less", page)[1...] == ["lower, expected", "not measured"])
    // Another run knows that the finding is a rate.
    #expect(try row("As published", page)[1] == "0.09 to 0.105, published")
    try scratch.finished("elsewhere", error: 0.5, in: store)
    #expect(try row("As published", self.page())[1] == "9.00% to 10.50%, published")
  }

  @Test("what is there of an unfinished sweep is shown, and what is missing is said")
  func partial() throws {
    try fill(["plain": [0.10, 0.12, 0.11]])
    let page = try page()
    #expect(page.contains("3 of 9 runs") && page.contains("Measured in part: Recipes/r."))
    #expect(try row("Better errs less", page).last == "not measured")
    #expect(try row("| better |", page)[4] == "not measured")
    #expect(try row("As published", page)[4].hasPrefix("held"))
  }

  @Test("the same store gives the same bytes, and no time or path of this machine")
  func deterministic() throws {
    try fill(errors)
    let first = try page()
    #expect(try page() == first)
    #expect(!first.contains(scratch.url.path + "/out"))
    #expect(!first.contains(Calendar.current.component(.year, from: Date()).description + "-"))
    #expect(!first.contains("\n\n\n") && first.hasSuffix("\n") && !first.hasSuffix("\n\n"))
  }

  @Test("a single run is shown by its findings, and the run of another version is not its")
  func single() throws {
    let text =
      "  - { recipe: ../r.yaml, run: train, variant: better, asks: Q, metrics: [test_error] }"
    let (_, plans) = try scratch.plans(text)
    let record = try store.record(
      plans[0].runs[0].run, environment: Scratch.environment, reusing: .any)
    let session = try RunSession(record, in: store, environment: Scratch.environment)
    _ = try session.perform { _ in
      RunResult(findings: [
        RunFinding(
          try Finding(
            id: "test_error", title: "Test error", value: 0.25,
            interval: .init(low: 0.2, high: 0.3, level: 0.95), better: .lower), count: 77)
      ])
    }
    let page = try page(text)
    let found = try row("Test error ↓", page)
    #expect(found[1] == "25.00% (20.00 to 30.00%)" && found[2] == "77")
    #expect(page.contains("--variant better"))
    var other = plans[0].runs[0].run
    other.version = "2"
    #expect(try store.finishedRun(other) == nil)
  }

  @Test("numbers have as many decimals as their interval can tell")
  func decimals() throws {
    let text =
      "  - { recipe: ../r.yaml, run: ablate, asks: Q, claims: [{ says: S, finding: kr, variant: a, below: 35.001 }] }"
    let recipe = """
      recipe: train
      profiles: { quick: {} }
      sweep: { seeds: 1, variants: { a: {} } }
      """
    let (_, plans) = try scratch.plans(text, recipe: recipe)
    let record = try store.record(
      plans[0].runs[0].run, environment: Scratch.environment, reusing: .any)
    let session = try RunSession(record, in: store, environment: Scratch.environment)
    _ = try session.perform { _ in
      func found(_ id: String, _ value: Double, _ half: Double) throws -> RunFinding {
        RunFinding(
          try Finding(
            id: id, title: id, value: value,
            interval: .init(low: value - half, high: value + half, level: 0.95), unit: "nats"))
      }
      return RunResult(findings: [
        try found("kr", 34.99123, 0.00052), try found("large", 6.4e11, 1e10),
        try found("small", -0.5, 1.25), try found("none", 0.5, 0),
      ])
    }
    let (file, again) = try scratch.plans(text, recipe: recipe)
    let page = ResultsDocument(
      [.init(file, try again.map { try ExperimentResult($0, in: store) })], profile: "quick"
    ).markdown
    #expect(page.contains("| S | 34.99123 nats (34.99071 to 34.99175) |"))
    #expect(page.contains("below 35.001 nats, expected"))
    #expect(page.contains("6.4e+11 nats (6.3e+11 to 6.5e+11)"))
    #expect(page.contains("−0.5 nats (−1.8 to 0.8)") && page.contains("0.5 nats (0.5 to 0.5)"))
  }

  @Test("a tally is a sentence")
  func tally() {
    let held = ClaimVerdict(outcome: .held)
    let open = ClaimVerdict(outcome: .notMeasured)
    #expect(ClaimTally([]).sentence.isEmpty)
    #expect(ClaimTally([held]).sentence == "The only claim held.")
    #expect(ClaimTally([held, held]).sentence == "All 2 claims held.")
    #expect(ClaimTally([held, open]).sentence == "Of 2 claims 1 held and 1 is not measured.")
  }
}

extension ClaimVerdict {
  fileprivate init(outcome: Outcome) {
    let interval = Interval(low: 1, high: 2, level: 0.95)
    self = outcome == .held ? .judge(.above(0), by: interval) : .notMeasured
  }
}
