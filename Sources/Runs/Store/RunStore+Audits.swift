import Foundation
import GRDB

extension RunStore {
  /// The run in a folder, the finished one where there are several; `nil` without one.
  public func run(inFolder path: String) throws(StoreError) -> RunRecord? {
    try reading { database in
      try RunRecord.fetchOne(
        database,
        sql: """
          SELECT * FROM runs WHERE folder = ?
          ORDER BY status = 'finished' DESC, finished DESC, key DESC LIMIT 1
          """, arguments: [path])
    }
  }

  /// The sweep in a folder, the newest one where there are several; `nil` without one.
  public func sweep(inFolder path: String) throws(StoreError) -> SweepRecord? {
    try reading { database in
      try SweepRecord.fetchOne(
        database,
        sql: "SELECT * FROM sweeps WHERE folder = ? ORDER BY created DESC, key DESC LIMIT 1",
        arguments: [path])
    }
  }

  /// The audits of the model of a run, the newest first: those that were made of its folder, and those of a file
  /// with the same content as one of the run's.
  public func audits(of run: RunRecord) throws -> [RunRecord] {
    var query = RunQuery()
    query.kind = "audit"
    query.status = .finished
    let audits = try runs(query)
    guard !audits.isEmpty else { return [] }
    let digests = Set(try artefacts(of: run).map(\.digest))
    let tag = Self.auditTag(of: run)
    return try audits.filter { audit in
      if audit.id == run.id { return false }
      if let model = audit.auditedModel, digests.contains(model) { return true }
      return try tags(of: audit).contains(tag)
    }
  }

  /// The tag of an audit whose model is that of a run.
  public static func auditTag(of run: RunRecord) -> String { "audit-of-\(run.id)" }
}

extension RunRecord {
  /// The digest of the file that an audit was made of, where it was one.
  fileprivate var auditedModel: String? {
    struct Settings: Decodable { let model: String? }
    return try? JSONDecoder().decode(Settings.self, from: Data(settings.utf8)).model
  }
}
