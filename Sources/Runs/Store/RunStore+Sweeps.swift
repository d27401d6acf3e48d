import Foundation
import GRDB

/// What the store knows of a sweep.
public struct SweepRecord: Sendable, Hashable, Codable, FetchableRecord {
  let key: Int64
  /// The short name: the beginning of the digest of its settings.
  public let id: String
  /// The recipe's file.
  public let recipe: String
  /// The recipe's profile.
  public let profile: String?
  /// When it was first recorded.
  public let created: Date
  /// The settings with the sweep, as JSON.
  public let settings: String
  /// The folder with its tables.
  public let folder: String
}

/// A run's place in a sweep.
public struct SweepMember: Sendable, Hashable {
  /// The round of successive halving, from 0.
  public let rung: Int
  /// The variant.
  public let variant: String
  /// The seed.
  public let seed: String
  /// The run.
  public let run: RunRecord
}

extension RunStore {
  /// Records a sweep, or finds the one that is the same.
  public func recordSweep(
    id: String, recipe: String, profile: String?, settings: String, folder: String
  ) throws(StoreError) -> SweepRecord {
    try writing { database in
      try database.execute(
        sql: """
          INSERT INTO sweeps(id, recipe, profile, created, settings, folder)
          VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET folder = excluded.folder
          """, arguments: [id, recipe, profile, Date(), settings, folder])
      return try Self.sweeps(id, in: database)[0]
    }
  }

  /// Notes that a run belongs to a sweep.
  public func add(
    _ run: RunRecord, to sweep: SweepRecord, rung: Int, variant: String, seed: UInt64,
    position: Int
  ) throws(StoreError) {
    try writing { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO members VALUES(?, ?, ?, ?, ?, ?)",
        arguments: [sweep.key, rung, variant, String(seed), position, run.key])
    }
  }

  /// The runs of a sweep, in its order.
  public func members(of sweep: SweepRecord) throws(StoreError) -> [SweepMember] {
    try reading { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT members.rung AS member_rung, members.variant AS member_variant,
            members.seed AS member_seed, runs.*
          FROM members JOIN runs ON runs.key = members.run
          WHERE sweep = ? ORDER BY rung, position
          """, arguments: [sweep.key]
      ).map { row in
        SweepMember(
          rung: row["member_rung"], variant: row["member_variant"], seed: row["member_seed"],
          run: try RunRecord(row: row))
      }
    }
  }

  /// The sweep with an id, or the only one whose id begins so.
  public func sweep(_ id: String) throws(StoreError) -> SweepRecord {
    try reading { database in
      let matches = try Self.sweeps(id, in: database)
      guard matches.count == 1, !id.isEmpty else {
        throw StoreError.unknownSweep(
          id,
          known: try String.fetchAll(
            database, sql: "SELECT id FROM sweeps ORDER BY created DESC LIMIT 8"))
      }
      return matches[0]
    }
  }

  /// All sweeps, the newest first.
  public func sweeps() throws(StoreError) -> [SweepRecord] {
    try reading {
      try SweepRecord.fetchAll($0, sql: "SELECT * FROM sweeps ORDER BY created DESC, key DESC")
    }
  }

  private static func sweeps(_ id: String, in database: Database) throws -> [SweepRecord] {
    try SweepRecord.fetchAll(
      database, sql: "SELECT * FROM sweeps WHERE substr(id, 1, ?) = ?", arguments: [id.count, id])
  }
}
