import Foundation
import Reports
import Runs
import Statistics

/// A kind of run without any work, for plans.
enum StubKind: RunKind {
  struct Settings: Codable, Sendable {
    struct Data: Codable, Sendable { var source: String }
    var x: Int
    var seed: UInt64
    var threads: Int?
    var data: Data?

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      x = try fields.decodeIfPresent(Int.self, forKey: .x) ?? 0
      seed = try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
      threads = try fields.decodeIfPresent(Int.self, forKey: .threads)
      data = try fields.decodeIfPresent(Data.self, forKey: .data)
    }
  }

  static let name = "train"
  static let help: [String: String] = [:]
  static let choices: [String: [String]] = [:]
  static let notice = "A notice that no page forgets."
  static func validate(_ settings: Settings) throws {}
  static func trial(_ settings: Settings) throws -> RunCost { RunCost(seconds: 1, basis: "stub") }
  static func run(_ settings: Settings, in session: RunSession) throws -> RunResult? { nil }
}

extension Scratch {
  /// A recipe, a file of experiments beside it, and the plans of its experiments.
  func plans(
    _ experiments: String, recipe: String = Scratch.recipe, profile: String = "quick"
  ) throws -> (file: Reproduction, plans: [ExperimentPlan]) {
    let folder = url.appending(path: "Recipes/reproduce")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try recipe.write(
      to: url.appending(path: "Recipes/r.yaml"), atomically: true, encoding: .utf8)
    let path = folder.appending(path: "file.yaml").path
    try "title: A & B\nabout: About it.\nexperiments:\n\(experiments)".write(
      toFile: path, atomically: true, encoding: .utf8)
    let file = try Reproduction.load(path)
    let plans = try file.experiments.map {
      try ExperimentPlan(
        $0, profile: profile, in: url.appending(path: "out"), kinds: [StubKind.self],
        version: "1")
    }
    return (file, plans)
  }

  static let recipe = """
    recipe: train
    title: A recipe
    cost: { quick: 2 min on 4 cores }
    data: { source: no/such/data }
    profiles: { quick: { x: 1 } }
    sweep:
      seeds: 3
      baseline: plain
      metrics: [test_error]
      variants: { plain: {}, better: { x: 2 }, worse: { x: 3 } }
      forecast:
        plain: { test_error: 0.10 }
        better: { test_error: 0.05 }
        worse: { test_error: 0.09 }
    """

  /// Finishes runs of a plan with the errors that are given by variant and seed.
  func finish(
    _ plan: ExperimentPlan, errors: [String: [Double]], in store: RunStore
  ) throws {
    for planned in plan.runs {
      guard let seed = Int(planned.seed), let list = errors[planned.variant],
        list.indices.contains(seed)
      else { continue }
      let record = try store.record(
        planned.run, environment: Self.environment, reusing: .any)
      let session = try RunSession(record, in: store, environment: Self.environment)
      _ = try session.perform { _ in
        let finding = try Finding(
          id: "test_error", title: "Test error", value: list[seed],
          interval: .init(low: list[seed] - 0.01, high: list[seed] + 0.01, level: 0.95),
          better: .lower)
        return RunResult(findings: [RunFinding(finding, count: 1000)])
      }
    }
  }
}
