import Foundation
import Reports
import Runs

/// A folder that is removed with the value, and what tests put into a store there.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func store(_ name: String = "runs.sqlite", patience: TimeInterval = 10) throws -> RunStore {
    try RunStore(at: path(name), patience: patience)
  }

  static let environment = RunEnvironment.current(versions: [("touchstone", "test")])

  func newRun(
    _ settings: String, variant: String? = nil, seed: UInt64 = 0, folder: String? = nil
  ) -> NewRun {
    NewRun(
      kind: "train", recipe: "r.yaml", profile: "tiny", variant: variant, seed: seed,
      settings: "{\"seed\":\(seed),\"x\":\"\(settings)\"}",
      folder: folder ?? path("\(settings)-\(seed)"), version: "1")
  }

  /// A run that is finished, with one finding.
  @discardableResult
  func finished(
    _ settings: String, variant: String? = nil, seed: UInt64 = 0, error: Double,
    wrong: [Bool]? = nil, of examples: String? = nil, others: [String: Double] = [:],
    in store: RunStore
  ) throws -> RunRecord {
    let run = try store.record(
      newRun(settings, variant: variant, seed: seed), environment: Self.environment,
      reusing: .any)
    let session = try RunSession(run, in: store, environment: Self.environment)
    let finding = RunFinding(
      try Finding(id: "test_error", title: "Test error", value: error, better: .lower),
      count: wrong?.count)
    let more = try others.sorted { $0.key < $1.key }.map {
      RunFinding(try Finding(id: $0.key, title: $0.key, value: $0.value))
    }
    _ = try session.perform { _ in
      RunResult(
        findings: [finding] + more,
        outcomes: wrong.map { ["test_error": Outcomes($0, of: examples)] } ?? [:])
    }
    return try store.run(run.id)
  }
}
