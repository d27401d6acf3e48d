import Foundation
import GRDB

/// Which runs are meant.
public struct RunQuery: Sendable {
  /// The kind.
  public var kind: String?
  /// How far they are.
  public var status: RunRecord.Status?
  /// A tag that they have.
  public var tag: String?
  /// A part of the recipe's path.
  public var recipe: String?
  /// The variant.
  public var variant: String?
  /// The id of a sweep that they belong to, or its beginning.
  public var sweep: String?
  /// Only runs recorded before this time.
  public var before: Date?
  /// How many at most, the newest first.
  public var limit: Int?

  /// All runs.
  public init() {}

  /// The condition in SQL, with its arguments.
  func condition(sweep key: Int64?) -> (sql: String, arguments: StatementArguments) {
    var clauses: [String] = []
    var arguments = StatementArguments()
    func add(_ clause: String, _ value: (any DatabaseValueConvertible)?) {
      guard let value else { return }
      clauses.append(clause)
      arguments += [value]
    }
    add("kind = ?", kind)
    add("status = ?", status?.rawValue)
    add("variant = ?", variant)
    add("instr(recipe, ?) > 0", recipe)
    add("created < ?", before)
    add("key IN (SELECT run FROM tags WHERE tag = ?)", tag)
    add("key IN (SELECT run FROM members WHERE sweep = ?)", key)
    let filter = clauses.isEmpty ? "" : " WHERE " + clauses.joined(separator: " AND ")
    return (filter, arguments)
  }
}

extension RunStore {
  /// Runs, the newest first.
  public func runs(_ query: RunQuery = RunQuery()) throws(StoreError) -> [RunRecord] {
    let sweep = try query.sweep.map { id throws(StoreError) in try self.sweep(id).key }
    return try reading { database in
      let (filter, arguments) = query.condition(sweep: sweep)
      let limit = query.limit.map { " LIMIT \(max(0, $0))" } ?? ""
      return try RunRecord.fetchAll(
        database, sql: "SELECT * FROM runs\(filter) ORDER BY created DESC, key DESC\(limit)",
        arguments: arguments)
    }
  }

  /// The run with an id, or the only one whose id begins so.
  public func run(_ id: String) throws(StoreError) -> RunRecord {
    try reading { database in
      let exact = try RunRecord.fetchOne(
        database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id])
      if let exact { return exact }
      let matches = try RunRecord.fetchAll(
        database, sql: "SELECT * FROM runs WHERE substr(id, 1, ?) = ? ORDER BY id",
        arguments: [id.count, id])
      guard let first = matches.first, !id.isEmpty else { throw StoreError.unknownRun(id) }
      guard matches.count == 1 else {
        throw StoreError.ambiguousRun(id, matches: matches.map(\.id))
      }
      return first
    }
  }

  /// How many runs there are.
  public func count() throws(StoreError) -> Int {
    try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM runs") ?? 0 }
  }

  // MARK: Tags and pruning

  /// Gives a run a tag, or takes it away.
  ///
  /// - Throws: ``StoreError/tag(_:)`` for a tag that is empty or holds other characters than letters,
  ///   digits, `-`, `_` and `.`.
  public func tag(
    _ run: RunRecord, _ tag: String, isRemoved: Bool = false
  ) throws(StoreError) {
    let isPlain = tag.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    guard !tag.isEmpty, isPlain else { throw .tag(tag) }
    try writing { database in
      try database.execute(
        sql: isRemoved
          ? "DELETE FROM tags WHERE run = ? AND tag = ?"
          : "INSERT OR IGNORE INTO tags VALUES(?, ?)", arguments: [run.key, tag])
    }
  }

  /// The tags of all runs that have any, by the id of the run.
  public func tags() throws(StoreError) -> [String: [String]] {
    try reading { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT id, tag FROM tags JOIN runs ON key = run ORDER BY tag")
      return Dictionary(grouping: rows) { $0["id"] as String }.mapValues { $0.map { $0["tag"] } }
    }
  }

  /// Forgets runs with all that was measured in them. Their folders stay.
  public func forget(_ runs: [RunRecord]) throws(StoreError) {
    try writing { database in
      for run in runs {
        try database.execute(sql: "DELETE FROM runs WHERE key = ?", arguments: [run.key])
      }
      try database.execute(
        sql: "DELETE FROM sweeps WHERE key NOT IN (SELECT sweep FROM members)")
    }
  }
}
