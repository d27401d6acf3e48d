import Foundation
import GRDB
import Reports

extension RunStore {
  /// Replaces what came out of a run.
  static func insert(
    _ result: RunResult, _ artefacts: [RunArtefact], of run: Int64, in database: Database
  ) throws {
    for table in ["findings", "outcomes", "artefacts"] {
      try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
    }
    for (position, finding) in result.findings.enumerated() {
      try database.execute(
        sql: "INSERT INTO findings VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          run, position, finding.id, finding.title, finding.value, finding.low, finding.high,
          finding.count, finding.unit, finding.better.rawValue, finding.verdict.rawValue,
          finding.threshold, finding.detail,
        ])
    }
    for (name, outcomes) in result.outcomes {
      try database.execute(
        sql: "INSERT INTO outcomes VALUES(?, ?, ?, ?, ?)",
        arguments: [run, name, outcomes.values.count, outcomes.packed, outcomes.examples])
    }
    for artefact in artefacts {
      try database.execute(
        sql: "INSERT INTO artefacts VALUES(?, ?, ?, ?)",
        arguments: [run, artefact.name, artefact.bytes, artefact.digest])
    }
  }

  /// The findings of some runs, by the id of the run, each in their order.
  public func findings(of runs: [RunRecord]) throws(StoreError) -> [String: [RunFinding]] {
    try reading { database in
      var found: [String: [RunFinding]] = [:]
      // One look-up a run by the primary key: as fast as a join, and without a limit on how many.
      let statement = try database.makeStatement(
        sql: "SELECT * FROM findings WHERE run = ? ORDER BY position")
      for run in runs {
        found[run.id] = try RunFinding.fetchAll(statement, arguments: [run.key])
      }
      return found
    }
  }

  /// A finding of a name, of whichever run; `nil` where none has it.
  func anyFinding(named id: String) throws(StoreError) -> RunFinding? {
    try reading { database in
      try RunFinding.fetchOne(
        database, sql: "SELECT * FROM findings WHERE id = ? ORDER BY run LIMIT 1",
        arguments: [id])
    }
  }

  /// What became of every example in a run, for one finding; `nil` when that was not recorded.
  public func outcomes(of run: RunRecord, for finding: String) throws(StoreError) -> Outcomes? {
    try reading { database in
      // All columns: stores of an older schema that are only read have none of examples.
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM outcomes WHERE run = ? AND finding = ?",
        arguments: [run.key, finding])
      return row.flatMap { Outcomes(packed: $0["bits"], count: $0["count"], of: $0["examples"]) }
    }
  }

  /// The files of a run, by name.
  public func artefacts(of run: RunRecord) throws(StoreError) -> [RunArtefact] {
    try reading { database in
      try RunArtefact.fetchAll(
        database, sql: "SELECT * FROM artefacts WHERE run = ? ORDER BY name", arguments: [run.key])
    }
  }

  // MARK: Values over time

  /// A value at a step.
  public struct Point: Sendable, Hashable {
    /// What is measured.
    public let name: String
    /// The step, from 0.
    public let step: Int
    /// The value.
    public let value: Double

    /// A point from its parts.
    public init(_ name: String, step: Int, value: Double) {
      self.name = name
      self.step = step
      self.value = value
    }
  }

  /// Writes values over time; a value at a step that is there already is replaced.
  ///
  /// - Parameter replacing: whether all that was there before goes, in the same transaction.
  public func write(
    _ points: [Point], of run: RunRecord, replacing: Bool = false
  ) throws(StoreError) {
    guard !points.isEmpty || replacing else { return }
    try writing { database in
      if replacing {
        try database.execute(sql: "DELETE FROM series WHERE run = ?", arguments: [run.key])
      }
      let statement = try database.makeStatement(
        sql: "INSERT OR REPLACE INTO series VALUES(?, ?, ?, ?)")
      for point in points {
        try statement.execute(arguments: [run.key, point.name, point.step, point.value])
      }
    }
  }

  /// Values over time, by step.
  public func series(_ name: String, of run: RunRecord) throws(StoreError) -> [Point] {
    try reading { database in
      try Row.fetchAll(
        database,
        sql: "SELECT step, value FROM series WHERE run = ? AND name = ? ORDER BY step",
        arguments: [run.key, name]
      ).map { Point(name, step: $0["step"], value: $0["value"] ?? .nan) }
    }
  }

  /// What was measured over time in a run.
  public func seriesNames(of run: RunRecord) throws(StoreError) -> [String] {
    try reading { database in
      try String.fetchAll(
        database, sql: "SELECT DISTINCT name FROM series WHERE run = ? ORDER BY name",
        arguments: [run.key])
    }
  }
}
