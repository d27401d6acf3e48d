import Files
import Foundation
import GRDB

extension RunStore {
  /// Records a run, or finds the one that is the same.
  ///
  /// - Parameter reusing: which run of the same fingerprint is taken instead of a new one: any for a
  ///   sweep, which needs each result once; for a single run the one in the same folder, so that a
  ///   second folder gets a run of its own.
  public func record(
    _ run: NewRun, environment: RunEnvironment, reusing: Reuse
  ) throws -> RunRecord {
    let fingerprint = try Self.fingerprint(of: run)
    return try writing { database in
      let same = try RunRecord.fetchAll(
        database, sql: "SELECT * FROM runs WHERE fingerprint = ? ORDER BY key",
        arguments: [fingerprint])
      let match =
        switch reusing {
        case .any: same.first { $0.status == .finished } ?? same.first
        case .sameFolder: same.first { $0.folder == run.folder }
        }
      if let match { return match }
      let short = String(fingerprint.prefix(8))
      var id = short
      var number = 2
      while try Bool.fetchOne(
        database, sql: "SELECT EXISTS(SELECT 1 FROM runs WHERE id = ?)", arguments: [id]) == true
      {
        id = "\(short)-\(number)"
        number += 1
      }
      try database.execute(
        sql: """
          INSERT INTO runs(id, fingerprint, kind, recipe, profile, variant, seed, status, created,
            settings, environment, folder)
          VALUES(?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?, ?)
          """,
        arguments: [
          id, fingerprint, run.kind, run.recipe, run.profile, run.variant,
          run.seed.map(String.init), Date(), run.settings, environment.text, run.folder,
        ])
      return try Self.run(database.lastInsertedRowID, in: database)
    }
  }

  /// Whether a run of the same fingerprint is finished.
  public func isFinished(_ run: NewRun) throws -> Bool { try finishedRun(run) != nil }

  /// The finished run of the same fingerprint, the first one where there are several; `nil` without one.
  public func finishedRun(_ run: NewRun) throws -> RunRecord? {
    let fingerprint = try Self.fingerprint(of: run)
    return try reading { database in
      try RunRecord.fetchOne(
        database,
        sql: """
          SELECT * FROM runs WHERE fingerprint = ? AND status = 'finished' ORDER BY key LIMIT 1
          """, arguments: [fingerprint])
    }
  }

  /// Which run is taken for one that is recorded again.
  public enum Reuse: Sendable {
    /// Any with the same fingerprint.
    case any
    /// One with the same fingerprint in the same folder.
    case sameFolder
  }

  /// What decides a result, in one digest.
  static func fingerprint(of run: NewRun) throws -> String {
    let text = [run.kind, run.version, run.settings].joined(separator: "\n")
    return try Digest.hexadecimal(.sha256, of: Array(text.utf8))
  }

  static func run(_ key: Int64, in database: Database) throws -> RunRecord {
    guard
      let record = try RunRecord.fetchOne(
        database, sql: "SELECT * FROM runs WHERE key = ?", arguments: [key])
    else { throw StoreError.unknownRun("\(key)") }
    return record
  }

  // MARK: The life of a run

  /// Notes that this process works on a run; returns the number of the attempt, from 1.
  func begin(_ run: RunRecord, environment: RunEnvironment) throws(StoreError) -> Int {
    try writing { database in
      let number =
        try Int.fetchOne(
          database, sql: "SELECT coalesce(max(number), 0) + 1 FROM attempts WHERE run = ?",
          arguments: [run.key]) ?? 1
      let now = Date()
      // An attempt without an end belongs to a process that is gone: this one holds the lock.
      try database.execute(
        sql: "UPDATE attempts SET outcome = 'killed' WHERE run = ? AND outcome IS NULL",
        arguments: [run.key])
      try database.execute(
        sql: "INSERT INTO attempts(run, number, host, process, started) VALUES(?, ?, ?, ?, ?)",
        arguments: [run.key, number, environment.host, getpid(), now])
      try database.execute(
        sql: """
          UPDATE runs SET status = 'running', started = coalesce(started, ?), finished = NULL,
            message = NULL, environment = ? WHERE key = ?
          """,
        arguments: [now, environment.text, run.key])
      return number
    }
  }

  /// Notes how an attempt ended, and everything that came out of it, in one transaction.
  func end(
    _ run: RunRecord, attempt: Int, status: RunRecord.Status, message: String? = nil,
    seconds: Double, result: RunResult? = nil, artefacts: [RunArtefact] = []
  ) throws(StoreError) {
    try writing { database in
      let now = Date()
      try database.execute(
        sql: """
          UPDATE attempts SET ended = ?, outcome = ? WHERE run = ? AND number = ?
          """,
        arguments: [now, status.rawValue, run.key, attempt])
      if let result { try Self.insert(result, artefacts, of: run.key, in: database) }
      try database.execute(
        sql: """
          UPDATE runs SET status = ?, finished = ?, message = ?,
            seconds = coalesce(seconds, 0) + ? WHERE key = ?
          """,
        arguments: [
          status.rawValue, status == .interrupted ? nil : now, message, seconds, run.key,
        ])
    }
  }

  /// Records something that is done already, such as an audit, with what came out of it.
  ///
  /// - Throws: ``StoreError``, or why one of its files cannot be read.
  @discardableResult
  public func recordFinished(
    _ run: NewRun, environment: RunEnvironment, seconds: Double, result: RunResult
  ) throws -> RunRecord {
    let record = try record(run, environment: environment, reusing: .sameFolder)
    let folder = URL(filePath: run.folder)
    let artefacts = try result.files.map { try RunArtefact($0, in: folder) }
    let attempt = try begin(record, environment: environment)
    try end(
      record, attempt: attempt, status: .finished, seconds: seconds, result: result,
      artefacts: artefacts)
    return record
  }

  /// Marks a run whose process ended without a word, such as one that ran out of memory.
  public func markFailed(_ run: RunRecord, message: String) throws(StoreError) {
    try writing { database in
      try database.execute(
        sql: "UPDATE attempts SET outcome = 'killed' WHERE run = ? AND outcome IS NULL",
        arguments: [run.key])
      try database.execute(
        sql: """
          UPDATE runs SET status = 'failed', finished = ?, message = ?
          WHERE key = ? AND status <> 'finished'
          """, arguments: [Date(), message, run.key])
    }
  }

  /// How often processes worked on a run, and how each attempt ended.
  public func attempts(of run: RunRecord) throws(StoreError) -> [RunAttempt] {
    try reading { database in
      try RunAttempt.fetchAll(
        database, sql: "SELECT * FROM attempts WHERE run = ? ORDER BY number",
        arguments: [run.key])
    }
  }
}

/// One process's work on a run.
public struct RunAttempt: Sendable, Hashable, Codable, FetchableRecord {
  /// The number, from 1.
  public let number: Int
  /// The machine.
  public let host: String
  /// The process.
  public let process: Int
  /// When it began.
  public let started: Date
  /// When it ended, where it lived to say so.
  public let ended: Date?
  /// How it ended: finished, failed, interrupted or killed; `nil` while it works.
  public let outcome: String?
}
