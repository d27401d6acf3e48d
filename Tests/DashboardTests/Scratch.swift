import Foundation
import Reports
import Runs
import Statistics

@testable import Dashboard

/// A folder with a store that is removed with the value, and what tests ask the dashboard of it.
final class Scratch {
  let url: URL
  let store: RunStore

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "dashboard-\(UUID())")
    store = try RunStore(at: url.appending(path: "runs.sqlite").path)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  static let environment = RunEnvironment.current(versions: [("touchstone", "test")])

  func path(_ name: String) -> String { url.appending(path: name).path }

  func dashboard() throws -> Dashboard {
    try Dashboard(storePath: store.path, interval: .milliseconds(20))
  }

  func write(_ name: String, _ text: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// A run whose folder has its name.
  func record(
    _ name: String, kind: String = "train", recipe: String = "Recipes/r.yaml",
    variant: String? = nil, seed: UInt64 = 0
  ) throws -> RunRecord {
    try store.record(
      NewRun(
        kind: kind, recipe: recipe, profile: "tiny", variant: variant, seed: seed,
        settings: "{\"model\":{\"name\":\"\(name)\"},\"seed\":\(seed)}", folder: path(name),
        version: "1"), environment: Self.environment, reusing: .any)
  }

  /// A run that is finished, with one finding.
  @discardableResult
  func finished(
    _ name: String, kind: String = "train", recipe: String = "Recipes/r.yaml",
    variant: String? = nil, seed: UInt64 = 0, error: Double = 0.25, title: String = "Test error",
    outcomes: Outcomes? = nil
  ) throws -> RunRecord {
    let run = try record(name, kind: kind, recipe: recipe, variant: variant, seed: seed)
    let finding = RunFinding(
      try Finding(
        id: "test_error", title: title, value: error,
        interval: .init(low: error - 0.01, high: error + 0.02, level: 0.95), better: .lower),
      count: 100)
    let session = try RunSession(run, in: store, environment: Self.environment)
    _ = try session.perform { _ in
      RunResult(findings: [finding], outcomes: outcomes.map { ["test_error": $0] } ?? [:])
    }
    return try store.run(run.id)
  }

  static let open = AccessPolicy(token: nil, isLoopback: true, port: 1)

  /// Asks as a browser on this machine does.
  func ask(
    _ address: String, method: String = "GET",
    fields: [(name: String, value: String)] = [("host", "localhost:8600")],
    access: AccessPolicy = Scratch.open
  ) throws -> HTTPResponse {
    let request = HTTPRequest(
      method: method, target: try RequestTarget(address), fields: fields)
    return try dashboard().response(to: request, access: access)
  }

  /// The page at an address.
  func page(_ address: String) throws -> String { try ask(address).text }
}

extension HTTPResponse {
  /// The body as text, also of a file.
  var text: String {
    switch body {
    case .bytes(let data): String(decoding: data, as: UTF8.self)
    case .file(let file):
      String(decoding: (try? file.read(at: 0, count: file.size)) ?? Data(), as: UTF8.self)
    case .events: ""
    }
  }
}
