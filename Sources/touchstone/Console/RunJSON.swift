import Foundation
import Runs

import struct Reports.JSONObject
import enum Reports.JSONValue

/// Runs as JSON.
enum RunJSON {
  static func summary(_ run: RunRecord, tags: [String]) throws -> JSONValue {
    func time(_ date: Date?) -> JSONValue {
      JSONValue(date.map { $0.formatted(.iso8601) })
    }
    return [
      "id": .string(run.id), "fingerprint": .string(run.fingerprint), "kind": .string(run.kind),
      "recipe": .string(run.recipe), "profile": JSONValue(run.profile),
      "variant": JSONValue(run.variant), "seed": JSONValue(run.seed),
      "status": .string(run.state), "created": time(run.created), "started": time(run.started),
      "finished": time(run.finished), "seconds": JSONValue(run.seconds),
      "folder": .string(run.folder), "message": JSONValue(run.message),
      "tags": .array(tags.map(JSONValue.string)),
    ]
  }

  /// All that the store has of a run.
  static func whole(_ run: RunRecord, in store: RunStore) throws -> JSONValue {
    let tags = try store.tags()[run.id] ?? []
    guard case .object(var object) = try summary(run, tags: tags) else { return .null }
    object["settings"] = try JSONValue(parsing: run.settings)
    object["environment"] = try JSONValue(parsing: run.environment)
    object["findings"] = .object(
      JSONObject((try store.findings(of: [run])[run.id] ?? []).map { ($0.id, $0.json) }))
    object["attempts"] = .array(
      try store.attempts(of: run).map { attempt in
        [
          "number": .integer(attempt.number), "host": .string(attempt.host),
          "process": .integer(attempt.process), "outcome": JSONValue(attempt.outcome),
        ]
      })
    object["artefacts"] = .object(
      JSONObject(
        try store.artefacts(of: run).map {
          ($0.name, ["bytes": .integer($0.bytes), "sha256": .string($0.digest)])
        }))
    object["series"] = .object(
      JSONObject(
        try store.seriesNames(of: run).map { name in
          (
            name,
            .array(
              try store.series(name, of: run).map { [.integer($0.step), JSONValue($0.value)] })
          )
        }))
    return .object(object)
  }
}
