import Foundation
import Reports
import Runs
import Testing

@Suite("Sweep plans")
struct SweepPlanTests {
  private func plan(_ sweep: String, profile: String? = nil) throws -> SweepPlan {
    let text = """
      recipe: train
      model: { name: lenet, width: 1 }
      training: { epochs: 8, rate: 0.1 }
      seed: 0
      sweep:
      \(sweep.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
      profiles: { tiny: { sweep: { seeds: 1 } } }
      """
    return try SweepPlan(try RecipeFile(yaml: text, path: "r.yaml").resolved(profile: profile))
  }

  /// The error of a sweep that must be refused.
  private func refusal(_ sweep: String) -> RecipeError? {
    do {
      _ = try plan(sweep)
      return nil
    } catch {
      return error as? RecipeError
    }
  }

  @Test("variants times grid, in the order of the recipe")
  func combinations() throws {
    let plan = try plan(
      """
      seeds: [3, 5]
      variants: { plain: {}, wide: { model: { width: 2 } } }
      grid: { training.rate: [0.1, 0.2], training.epochs: [1] }
      """)
    #expect(
      plan.variants.map(\.name) == [
        "plain, rate=0.1, epochs=1", "plain, rate=0.2, epochs=1", "wide, rate=0.1, epochs=1",
        "wide, rate=0.2, epochs=1",
      ])
    #expect(plan.settings.seeds == [3, 5])
    #expect(plan.baselines.first == "plain, rate=0.1, epochs=1")
    let last = plan.variants[3].recipe(seed: 5, budget: nil)
    #expect(
      last.json.text()
        == #"{"model":{"name":"lenet","width":2},"training":{"epochs":1,"rate":0.2},"seed":5}"#)
  }

  @Test("without a sweep there is one variant with its own seed")
  func single() throws {
    let file = try RecipeFile(yaml: "recipe: train\nx: 1\n", path: "folder/one.yaml")
    let plan = try SweepPlan(try file.resolved())
    #expect(plan.variants.map(\.name) == ["one"])
    #expect(plan.settings.seeds == [0])
  }

  @Test func profilesChangeSweeps() throws {
    #expect(try plan("seeds: 4", profile: "tiny").settings.seeds == [0])
    #expect(try plan("seeds: 4").settings.seeds == [0, 1, 2, 3])
  }

  @Test("names with the same last key are told apart")
  func longNames() throws {
    let plan = try plan("grid: { model.width: [1, 2], training.width: [3] }")
    #expect(
      plan.variants.map(\.name) == [
        "model.width=1, training.width=3", "model.width=2, training.width=3",
      ])
  }

  static let wrong: [(String, String, String)] = [
    ("seed: 3", "r.yaml:6:3", "sweep.seeds"),
    ("grid: { training.rate: [] }", "r.yaml:6:26", "empty"),
    ("grid: { training.rate: 3 }", "r.yaml:6:26", "a list of values"),
    ("grid: { training.rate: [1, 1] }", "r.yaml:6:30", "1 stands twice"),
    ("grid: { seed: [1, 2] }", "r.yaml:6:17", "sweep.seeds"),
    ("grid: { training.rate.x: [1] }", "r.yaml:6:28", "no such key"),
    ("variants: { a: {}, a: {} }", "r.yaml:6", "twice"),
    ("variants: { a: 3 }", "r.yaml:6:18", "a mapping"),
    ("variants: { clean: {}, pgd: {} }\nbaseline: claen", "r.yaml:7:13", "'clean'"),
    ("variants: { clean: {} }\nforecast: { pgd: { e: 1 } }", "r.yaml:7:15", "clean"),
    (
      "variants: { clean: {} }\npublished: { source: x, values: { pgd: { e: 1 } } }",
      "r.yaml:7:37", "clean"
    ),
    ("variants: { clean: {} }\npublished: { values: {} }", "r.yaml:7", "source"),
    ("seeds: 0", "r.yaml:6:10", "from 1"),
    ("seeds: []", "r.yaml:6:10", "empty"),
    ("seeds: [1, 1]", "r.yaml:6:10", "twice"),
    ("seeds: many", "r.yaml:6:10", "an integer"),
    ("unit: person", "r.yaml:6:9", "example"),
    ("halving: { setting: training.epochs, metric: e, rounds: 1 }", "r.yaml:6", "2 to 20"),
    ("halving: { setting: training.epoch, metric: e, rounds: 2 }", "r.yaml:6", "whole number"),
    ("halving: { setting: training.epochs, metric: e, rounds: 2, keep: 1 }", "r.yaml:6", "0 and 1"),
  ]

  @Test("each mistake is told with its line and what was meant", arguments: wrong)
  func mistakes(sweep: String, place: String, words: String) throws {
    let error = try #require(refusal(sweep))
    let text = error.description + "; " + (error.recoverySuggestion ?? "")
    #expect(text.contains(place), "\(text)")
    #expect(text.contains(words), "\(text)")
  }

  @Test("budgets grow by the share that is kept, and the last round has the recipe's own")
  func halving() throws {
    let plan = try plan(
      """
      variants: { a: {}, b: {}, c: {}, d: {} }
      baseline: d
      halving: { setting: training.epochs, metric: e, rounds: 3 }
      """)
    #expect(plan.rounds == 3)
    let budgets = (0..<3).map { plan.budget(of: plan.variants[0], round: $0)?.value }
    #expect(budgets == [2, 4, nil])
    let names = plan.variants.map(\.name)
    let scores = ["a": 0.3, "b": 0.1, "c": 0.2, "d": 0.9]
    #expect(plan.survivors(of: names, scores: scores) == ["b", "c", "d"])
    #expect(plan.survivors(of: names, scores: ["a": 0.3, "d": 0.1]) == ["a", "d"])
  }
}
