import Foundation
import Reports
import Runs
import Statistics
import Testing

@Suite("Files of experiments")
struct ReproductionTests {
  private func file(_ experiment: String) throws -> Reproduction {
    try Reproduction(
      yaml: "title: T\nexperiments:\n\(experiment)\n", path: "Recipes/reproduce/f.yaml")
  }

  private func claim(_ text: String) throws -> Claim {
    let experiment = "  - { recipe: r.yaml, run: ablate, asks: Q, claims: [{ \(text) }] }"
    return try #require(try file(experiment).experiments.first?.claims.first)
  }

  /// The words of an error.
  private func refusal(_ work: () throws -> Void) -> String {
    do {
      try work()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("paths of recipes are relative to the file, and short")
  func paths() throws {
    let read = try file("  - { recipe: ../topic/name.yaml, run: train, asks: Q }").experiments[0]
    #expect(read.recipe == "Recipes/topic/name.yaml" && read.name == "topic/name")
    #expect(
      read.command(profile: "quick")
        == "touchstone train Recipes/topic/name.yaml --profile quick")
    for (path, beside, short) in [
      ("../a/b.yaml", "/x/Recipes/reproduce/f.yaml", "/x/Recipes/a/b.yaml"),
      ("./b.yaml", "f.yaml", "b.yaml"), ("../../b.yaml", "a/f.yaml", "../b.yaml"),
      ("/b.yaml", "a/f.yaml", "/b.yaml"),
    ] {
      let text = "title: T\nexperiments: [{ recipe: \(path), run: tilt, asks: Q }]"
      #expect(try Reproduction(yaml: text, path: beside).experiments[0].recipe == short)
    }
  }

  @Test("a claim says one thing: a figure, a range, a bound, or who is higher")
  func claims() throws {
    let figure = try claim("says: S, finding: f, variant: v, published: 0.5, source: P")
    #expect(figure.statement == .within(0.5...0.5) && figure.origin == .published)
    let range = try claim("says: S, finding: f, forecast: [0.1, 0.2]")
    #expect(range.statement == .within(0.1...0.2) && range.origin == .forecast)
    let order = try claim("says: S, finding: f, variant: v, against: w, is: lower")
    #expect(order.statement == .below(0) && order.origin == .expected)
    #expect(try claim("says: S, finding: f, above: 2").statement == .above(2))
    let bad = [
      ("says: S, finding: f", "exactly one"),
      ("says: S, finding: f, above: 1, below: 2", "exactly one"),
      ("says: S, finding: f, is: lower", "against"),
      ("says: S, finding: f, published: 1", "source"),
      ("says: S, finding: f, forecast: [2, 1]", "range"),
      ("says: S, finding: f, forecast: .nan", "number"),
      ("says: S, finding: f, forecast: [.nan, 1]", "range"),
      ("says: S, finding: f, abov: 1", "abov"), ("finding: f, above: 1", "says"),
    ]
    for (text, word) in bad {
      let words = refusal { _ = try claim(text) }
      #expect(words.contains(word) && words.contains("f.yaml:3"), "\(text): \(words)")
    }
  }

  @Test("what is no file of experiments is refused with its place")
  func refusals() throws {
    let bad = [
      ("  - { recipe: r.yaml, run: fly, asks: Q }", "invert model"),
      ("  - { recipe: r.yaml, run: ablate, asks: Q, variant: v }", "leave it out"),
      ("  []", "no experiment"),
    ]
    for (text, word) in bad {
      let words = refusal { _ = try file(text) }
      #expect(words.contains(word) && words.contains("f.yaml:3"), "\(text): \(words)")
    }
    #expect(refusal { _ = try Reproduction.load("/no/such.yaml") }.contains("/no/such.yaml"))
    #expect(refusal { _ = try Reproduction.load("/tmp") }.contains("folder"))
    #expect(refusal { _ = try Reproduction(yaml: " ", path: "e.yaml") }.contains("empty"))
  }

  @Test("a plan refuses variants that are not there, other kinds and missing recipes")
  func plans() throws {
    let scratch = try Scratch()
    let head = "  - { recipe: ../r.yaml, asks: Q, run: "
    let bad = [
      (head + "ablate, claims: [{ says: S, finding: f, variant: plan, above: 1 }] }", "'plain'"),
      (head + "ablate, claims: [{ says: S, finding: f, above: 1 }] }", "variant"),
      (head + "tilt }", "'tilt'"), (head + "train, variant: no }", "'worse'"),
      ("  - { recipe: ../none.yaml, asks: Q, run: train }", "none.yaml"),
    ]
    for (text, word) in bad {
      let words = refusal { _ = try scratch.plans(text) }
      #expect(words.contains(word), "\(text): \(words)")
    }
    #expect(
      refusal { _ = try scratch.plans(head + "train }", profile: "slow") }.contains("'slow'"))
  }

  @Test("a profile that leaves a variant out has claims about it that are not measured")
  func profiles() throws {
    let scratch = try Scratch()
    let text = """
        - { recipe: ../r.yaml, run: ablate, asks: Q, claims: [{ says: S, finding: f, variant: "x=2", above: 1 }] }
      """
    let recipe = """
      recipe: train
      sweep: { grid: { x: [1, 2] } }
      profiles: { tiny: { sweep: { grid: { x: [1] } } }, quick: {} }
      """
    let (_, plans) = try scratch.plans(text, recipe: recipe, profile: "tiny")
    let result = try ExperimentResult(plans[0], in: scratch.store())
    #expect(result.verdicts.map(\.outcome) == [.notMeasured])
    let wrong = text.replacing("x=2", with: "x=3")
    #expect(
      refusal { _ = try scratch.plans(wrong, recipe: recipe, profile: "tiny") }.contains("x=2"))
  }

  @Test("runs are those that the sweep and the single command record")
  func fingerprints() throws {
    let scratch = try Scratch()
    let (_, plans) = try scratch.plans(
      """
        - { recipe: ../r.yaml, run: ablate, asks: Q }
        - { recipe: ../r.yaml, run: train, variant: worse, asks: Q }
      """)
    #expect(plans[0].runs.count == 9 && plans[1].runs.count == 1)
    #expect(
      plans[0].runs.first?.run.settings
        == #"{"data":{"source":"no/such/data"},"seed":0,"threads":1,"x":1}"#)
    #expect(plans[1].runs[0].run.settings == #"{"data":{"source":"no/such/data"},"seed":0,"x":3}"#)
    #expect(plans[1].runs[0].run.variant == "worse")
    #expect(plans[0].runs[0].run.folder.hasSuffix("out/Recipes/r/plain/seed-0"))
    #expect(plans[0].missingData == "no/such/data")
    let store = try scratch.store()
    #expect(try plans.map { try $0.doneCount(in: store) } == [0, 0])
    try scratch.finish(plans[0], errors: ["plain": [0.1, 0.1], "worse": [0.2]], in: store)
    #expect(try plans.map { try $0.doneCount(in: store) } == [3, 0])
    #expect(try plans[0].doneCount(in: nil) == 0)
  }

  @Test("the rest costs what finished runs took, or what the recipe says")
  func costs() throws {
    let scratch = try Scratch()
    let (_, plans) = try scratch.plans("  - { recipe: ../r.yaml, run: ablate, asks: Q }")
    let before = try ExperimentCost(plans[0], in: nil, cores: 4)
    #expect(before.waiting == 9 && before.seconds == 120)
    #expect(before.basis == "the recipe says 2 min on 4 cores")
    let store = try scratch.store()
    try scratch.finish(plans[0], errors: ["plain": [0.1]], in: store)
    let after = try ExperimentCost(plans[0], in: store, cores: 4)
    #expect(after.waiting == 8 && after.basis == "its finished runs")
    #expect((after.seconds ?? 100) < 10)
    #expect(ExperimentCost.seconds(in: "1 h 30 min on 4 cores") == 5400)
    #expect(ExperimentCost.seconds(in: "20 s") == 20)
    #expect(ExperimentCost.seconds(in: "weeks on 4 cores") == nil)
    #expect(ExperimentCost.seconds(in: "") == nil)
  }
}
