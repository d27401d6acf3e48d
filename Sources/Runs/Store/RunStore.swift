import Foundation
import GRDB

/// All runs of a project, in one SQLite file that several processes may use at once.
///
/// Writers take turns and wait for one another; readers never wait (SQLite's write-ahead log). A
/// process that is killed in the middle of a transaction leaves nothing of it behind.
public final class RunStore: Sendable {
  /// Where commands look for the store.
  public static let standardPath = "runs/touchstone.sqlite"

  /// What a store is opened for.
  public enum Access: Sendable {
    /// Reading alone; the file must be there.
    case reading
    /// Reading and writing; file and folder are made when they are not there.
    case writing
  }

  /// The file.
  public let path: String
  private let database: any DatabaseWriter

  /// Opens a store, and brings it to the present schema when it is opened for writing.
  ///
  /// - Parameter patience: how many seconds to wait for other processes.
  /// - Throws: ``StoreError``.
  public init(
    at path: String, for access: Access = .writing, patience: TimeInterval = 10
  ) throws(StoreError) {
    self.path = path
    guard access == .writing else {
      database = try Self.open(path, access, patience)
      try check()
      return
    }
    let folder = URL(filePath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .denied(path: path)
    }
    // SQLite does not wait where a file is given its write-ahead log, and two migrations of one file
    // would do the same steps: who opens it for writing is alone with it for that moment.
    let end = ContinuousClock.now + .seconds(patience)
    guard let lock = FolderLock(folder, until: end) else { throw .locked(path: path) }
    database = try Self.open(path, access, patience)
    let isNewer = try reading { try StoreSchema.migrator.hasBeenSuperseded($0) }
    guard !isNewer else { throw .newer(path: path) }
    try translated { try StoreSchema.migrator.migrate(database) }
    _ = consume lock
  }

  /// Checks that a store that is only read has the tables of the present schema.
  private func check() throws(StoreError) {
    let (isNewer, isComplete) = try reading {
      (
        try StoreSchema.migrator.hasBeenSuperseded($0),
        try StoreSchema.migrator.appliedIdentifiers($0).isSuperset(of: StoreSchema.needed)
      )
    }
    if isNewer { throw .newer(path: path) }
    guard isComplete else {
      throw .refused(path: path, reason: "an older schema, or no run store at all")
    }
  }

  private static func open(
    _ path: String, _ access: Access, _ patience: TimeInterval
  ) throws(StoreError) -> any DatabaseWriter {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.label = "touchstone"
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue { throw .damaged(path: path, reason: "a folder") }
    do {
      if access == .reading {
        guard exists else { throw StoreError.missing(path: path) }
        configuration.readonly = true
        return try reader(path, configuration)
      }
      return try DatabasePool(path: path, configuration: configuration)
    } catch let error as StoreError {
      throw error
    } catch let error as DatabaseError {
      // SQLite says "unable to open" when the files beside the database cannot be made.
      throw isFull(path) ? .full(path: path) : StoreError(error, path: path)
    } catch {
      throw .denied(path: path)
    }
  }

  /// A connection that only reads.
  ///
  /// SQLite keeps files beside a database with a write-ahead log, also to read it. Where they cannot be
  /// made, as on a medium that is read-only, nobody can write either, and it can be read without them,
  /// unless part of it is still in the log.
  private static func reader(
    _ path: String, _ configuration: Configuration
  ) throws -> any DatabaseWriter {
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { _ = try $0.tableExists("runs") }
      return queue
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
      let log = FileManager.default.contents(atPath: path + "-wal")
      guard log?.isEmpty ?? true else { throw error }
      let address = URL(filePath: path).absoluteString + "?immutable=1"
      return try DatabaseQueue(path: address, configuration: configuration)
    }
  }

  /// Whether the file system of a path has no space left.
  private static func isFull(_ path: String) -> Bool {
    var status = statvfs()
    let folder = URL(filePath: path).deletingLastPathComponent().path
    return statvfs(folder, &status) == 0 && status.f_bavail == 0
  }

  // MARK: Transactions

  /// Reads one consistent state.
  func reading<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try translated { try database.read(body) }
  }

  /// Writes in one transaction: all of it or nothing.
  func writing<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try translated { try database.write(body) }
  }

  private func translated<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
    do {
      return try body()
    } catch let error as StoreError {
      throw error
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
  }

  /// What SQLite finds wrong in the file; empty when all is well.
  public func integrityProblems() throws(StoreError) -> [String] {
    try reading { database in
      let integrity = try String.fetchAll(database, sql: "PRAGMA integrity_check")
      let orphans = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check")
      return integrity.filter { $0 != "ok" } + orphans.map { "orphan: \($0)" }
    }
  }

  /// Limits the file to its present size, or to so many pages where that is more, for tests of a full
  /// disk.
  package func limitingPages(to count: Int, _ body: () throws -> Void) throws {
    func limit(_ count: Int) throws(StoreError) {
      try translated {
        try database.writeWithoutTransaction {
          try $0.execute(sql: "PRAGMA max_page_count = \(count)")
        }
      }
    }
    try limit(count)
    defer { try? limit(1 << 30) }
    try body()
  }
}
