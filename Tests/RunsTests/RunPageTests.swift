import Foundation
import GRDB
import GRDBSQLite
import Runs
import Testing

@Suite("Pages of runs")
struct RunPageTests {
  private let scratch: Scratch
  private let store: RunStore
  private let file: DatabaseQueue

  init() throws {
    scratch = try Scratch()
    store = try scratch.store()
    file = try DatabaseQueue(path: store.path)
  }

  /// Runs of two kinds and three recipes; the last kind has one run in a thousand.
  private func fill(_ count: Int) throws {
    try file.write { database in
      try database.execute(
        sql: """
          WITH RECURSIVE numbers(n) AS
            (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < \(count))
          INSERT INTO runs(id, fingerprint, kind, recipe, status, created, settings, environment,
            folder)
          SELECT printf('%08x', n), n, iif(n % 1000, 'train', 'audit'),
            printf('Recipes/%d.yaml', n % 3), 'finished',
            strftime('%Y-%m-%d %H:%M:%f', 1700000000 + n, 'unixepoch'),
            printf('{"x":"%s"}', hex(zeroblob(2000))), '{}', '/nowhere'
          FROM numbers
          """)
    }
  }

  /// How many instructions SQLite's machine does for a page: unlike a time, the same on every machine.
  private func work(_ query: RunQuery, skipping offset: Int = 0) throws -> (rows: Int, steps: Int) {
    try file.read { database in
      let (sql, arguments) = query.statement(sweep: nil, skipping: offset, limit: 50)
      let statement = try database.makeStatement(sql: sql)
      let rows = try Row.fetchAll(statement, arguments: arguments).count
      return (
        rows, Int(sqlite3_stmt_status(statement.sqliteStatement, SQLITE_STMTSTATUS_VM_STEP, 0))
      )
    }
  }

  @Test("the first page costs as much among 10 000 runs as among 1000")
  func first() throws {
    try fill(1000)
    var query = RunQuery()
    let few = try work(query)
    query.kind = "train"
    let fewOfKind = try work(query)
    query = RunQuery()
    query.status = .finished
    let fewOfStatus = try work(query)
    try file.write { try $0.execute(sql: "DELETE FROM runs") }
    try fill(10_000)
    query = RunQuery()
    #expect(try work(query) == few)
    #expect(few.rows == 50 && few.steps < 50 * 60)
    query.kind = "train"
    #expect(try work(query) == fewOfKind)
    query = RunQuery()
    query.status = .finished
    #expect(try work(query) == fewOfStatus)
  }

  @Test("a rare kind, a part of a recipe's path and a late page read no other rows")
  func others() throws {
    try fill(10_000)
    var query = RunQuery()
    query.kind = "audit"
    let rare = try work(query)
    #expect(rare.rows == 10 && rare.steps < 10 * 60)
    // An index is walked along, a handful of instructions an entry, and no row of another run is read.
    query = RunQuery()
    query.recipe = "none"
    #expect(try work(query).steps < 10_000 * 12)
    #expect(try work(RunQuery(), skipping: 9_950).steps < 10_000 * 12)
    let plan = try file.read { database in
      let (sql, arguments) = query.statement(sweep: nil, skipping: 0, limit: 50)
      return try Row.fetchAll(
        database, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments
      ).map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.contains("COVERING INDEX runs_by_time") }, "\(plan)")
  }

  @Test("pages put together are the list")
  func together() throws {
    try fill(230)
    let all = try store.runs().map(\.id)
    var pages: [String] = []
    for offset in stride(from: 0, to: 230, by: 50) {
      let page = try store.page(of: RunQuery(), skipping: offset, limit: 50)
      #expect(page.total == 230)
      pages += page.runs.map(\.id)
    }
    #expect(pages == all)
    var query = RunQuery()
    query.recipe = "/1."
    #expect(try store.page(of: query, skipping: 70, limit: 50).runs.count == 7)
    #expect(try store.page(of: query, skipping: 99, limit: 50).runs.isEmpty)
    try store.tag(store.run(all[1]), "seen")
    #expect(try store.page(of: RunQuery(), skipping: 0, limit: 3).tags == [all[1]: ["seen"]])
    query = RunQuery()
    query.tag = "seen"
    #expect(try store.page(of: query, skipping: 0, limit: 3).runs.map(\.id) == [all[1]])
    #expect(try store.kinds() == ["audit", "train"])
    #expect(try store.recipes(limit: 2) == ["Recipes/0.yaml", "Recipes/1.yaml"])
  }

  @Test(
    "a store without the newer indexes and columns can be read, and gets them when it is written")
  func older() throws {
    try fill(3)
    let wrong = [true, false, true]
    let run = try scratch.finished("o", error: 0.5, wrong: wrong, in: store)
    try file.write { database in
      for index in ["runs_by_kind", "runs_by_status", "sweeps_by_time"] {
        try database.execute(sql: "DROP INDEX \(index)")
      }
      try database.execute(sql: "ALTER TABLE outcomes DROP COLUMN examples")
      try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier <> '1'")
    }
    let reader = try RunStore(at: store.path, for: .reading)
    #expect(try reader.page(of: RunQuery(), skipping: 0, limit: 2).runs.count == 2)
    #expect(try reader.outcomes(of: run, for: "test_error") == Outcomes(wrong))
    let writer = try RunStore(at: store.path, for: .writing)
    #expect(try writer.outcomes(of: run, for: "test_error") == Outcomes(wrong))
    let names = try file.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master") }
    #expect(names.contains("runs_by_kind"))
  }
}
