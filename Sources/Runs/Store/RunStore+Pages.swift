import Foundation
import GRDB

/// A few of the runs that a query means, with how many it means in all.
public struct RunPage: Sendable {
  /// The runs, the newest first.
  public let runs: [RunRecord]
  /// Their tags, by the id of the run.
  public let tags: [String: [String]]
  /// How many runs the query means.
  public let total: Int
}

extension RunQuery {
  /// The statement for one page.
  ///
  /// The inner part walks along an index alone, so that runs before the page cost next to nothing, and
  /// only rows of the page itself are read.
  package func statement(
    sweep key: Int64?, skipping offset: Int, limit: Int
  ) -> (sql: String, arguments: StatementArguments) {
    let (filter, arguments) = condition(sweep: key)
    let sql = """
      SELECT runs.* FROM (
        SELECT key AS place FROM runs\(filter) ORDER BY created DESC, key DESC
        LIMIT \(max(0, limit)) OFFSET \(max(0, offset))
      ) CROSS JOIN runs ON runs.key = place ORDER BY runs.created DESC, runs.key DESC
      """
    return (sql, arguments)
  }
}

extension RunStore {
  /// Some of the runs that a query means, the newest first.
  ///
  /// - Parameters:
  ///   - offset: how many newer ones are left out.
  ///   - limit: how many at most; the query's own limit does not count.
  public func page(
    of query: RunQuery, skipping offset: Int, limit: Int
  ) throws(StoreError) -> RunPage {
    let sweep = try query.sweep.map { id throws(StoreError) in try self.sweep(id).key }
    return try reading { database in
      let (filter, conditions) = query.condition(sweep: sweep)
      let total =
        try Int.fetchOne(
          database, sql: "SELECT count(*) FROM runs\(filter)", arguments: conditions) ?? 0
      let (sql, arguments) = query.statement(sweep: sweep, skipping: offset, limit: limit)
      let runs = try RunRecord.fetchAll(database, sql: sql, arguments: arguments)
      let statement = try database.makeStatement(
        sql: "SELECT tag FROM tags WHERE run = ? ORDER BY tag")
      var tags: [String: [String]] = [:]
      for run in runs {
        let own = try String.fetchAll(statement, arguments: [run.key])
        if !own.isEmpty { tags[run.id] = own }
      }
      return RunPage(runs: runs, tags: tags, total: total)
    }
  }

  /// The tags of a run.
  public func tags(of run: RunRecord) throws(StoreError) -> [String] {
    try reading { database in
      try String.fetchAll(
        database, sql: "SELECT tag FROM tags WHERE run = ? ORDER BY tag", arguments: [run.key])
    }
  }

  /// The first finding of some runs, by the id of the run.
  public func leadingFindings(
    of runs: [RunRecord]
  ) throws(StoreError) -> [String: RunFinding] {
    try reading { database in
      let statement = try database.makeStatement(
        sql: "SELECT * FROM findings WHERE run = ? ORDER BY position LIMIT 1")
      var found: [String: RunFinding] = [:]
      for run in runs {
        found[run.id] = try RunFinding.fetchOne(statement, arguments: [run.key])
      }
      return found
    }
  }

  /// The kinds of runs that there are.
  public func kinds() throws(StoreError) -> [String] {
    try reading { try String.fetchAll($0, sql: "SELECT DISTINCT kind FROM runs ORDER BY kind") }
  }

  /// The recipes that there are, at most so many.
  public func recipes(limit: Int) throws(StoreError) -> [String] {
    try reading {
      try String.fetchAll(
        $0, sql: "SELECT DISTINCT recipe FROM runs ORDER BY recipe LIMIT \(max(0, limit))")
    }
  }

  /// Some of the sweeps, the newest first, with the number of all.
  public func sweeps(
    skipping offset: Int, limit: Int
  ) throws(StoreError) -> (sweeps: [SweepRecord], total: Int) {
    try reading { database in
      let sweeps = try SweepRecord.fetchAll(
        database,
        sql: """
          SELECT * FROM sweeps ORDER BY created DESC, key DESC
          LIMIT \(max(0, limit)) OFFSET \(max(0, offset))
          """)
      return (sweeps, try Int.fetchOne(database, sql: "SELECT count(*) FROM sweeps") ?? 0)
    }
  }

  /// The sweeps that a run belongs to, the newest first.
  public func sweeps(of run: RunRecord) throws(StoreError) -> [SweepRecord] {
    try reading { database in
      try SweepRecord.fetchAll(
        database,
        sql: """
          SELECT * FROM sweeps WHERE key IN (SELECT sweep FROM members WHERE run = ?)
          ORDER BY created DESC, key DESC
          """, arguments: [run.key])
    }
  }
}
