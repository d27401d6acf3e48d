import Foundation
import GRDB
import Reports
import Runs
import Testing

@Suite("Run store")
struct RunStoreTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("the same settings are one run, another folder is another run where that is asked")
  func fingerprints() throws {
    let store = try scratch.store()
    let first = try store.record(
      scratch.newRun("a"), environment: Scratch.environment, reusing: .any)
    let again = try store.record(
      scratch.newRun("a", folder: scratch.path("b")), environment: Scratch.environment,
      reusing: .any)
    #expect(first == again)
    let elsewhere = try store.record(
      scratch.newRun("a", folder: scratch.path("b")), environment: Scratch.environment,
      reusing: .sameFolder)
    #expect(elsewhere.id == "\(first.id)-2")
    #expect(elsewhere.fingerprint == first.fingerprint)
    let other = try store.record(
      scratch.newRun("a", seed: 1), environment: Scratch.environment, reusing: .any)
    #expect(other.fingerprint != first.fingerprint)
    #expect(try store.count() == 3)
  }

  @Test("a run keeps what it came to, and how often it was tried")
  func life() throws {
    struct Broken: LocalizedError { var errorDescription: String? { "no luck" } }
    let store = try scratch.store()
    let run = try store.record(
      scratch.newRun("a"), environment: Scratch.environment, reusing: .any)
    #expect(run.status == .planned)
    #expect(throws: Broken.self) {
      let session = try RunSession(run, in: store, environment: Scratch.environment)
      #expect(try store.run(run.id).isAlive)
      #expect(throws: StoreError.busyRun(run.id)) {
        try RunSession(run, in: store, environment: Scratch.environment)
      }
      _ = try session.perform { _ in throw Broken() }
    }
    #expect(try store.run(run.id).status == .failed)
    #expect(try store.run(run.id).message == "no luck")
    // A process that is killed says nothing: the next attempt finds it out.
    _ = try RunSession(run, in: store, environment: Scratch.environment)
    #expect(try store.run(run.id).state == "killed")
    let done = try scratch.finished(
      "a", error: 0.25, wrong: [true, false, false, false], in: store)
    #expect(done.id == run.id && done.status == .finished)
    #expect(try store.attempts(of: done).map(\.outcome) == ["failed", "killed", "finished"])
    #expect(try store.findings(of: [done])[done.id]?.first?.value == 0.25)
    let outcomes = try store.outcomes(of: done, for: "test_error")
    #expect(outcomes?.bits == [true, false, false, false])
    #expect(try store.integrityProblems().isEmpty)
  }

  @Test("values over time are replaced, not doubled")
  func series() throws {
    let store = try scratch.store()
    let run = try scratch.finished("a", error: 0.1, in: store)
    try store.write([.init("loss", step: 0, value: 2), .init("loss", step: 1, value: 1)], of: run)
    try store.write([.init("loss", step: 1, value: 0.5)], of: run)
    #expect(try store.series("loss", of: run).map(\.value) == [2, 0.5])
    try store.write([.init("accuracy", step: 3, value: 1)], of: run, replacing: true)
    #expect(try store.seriesNames(of: run) == ["accuracy"])
  }

  @Test("outcomes survive packing", arguments: [0, 1, 7, 8, 9, 1000])
  func packing(count: Int) throws {
    let store = try scratch.store()
    let values = (0..<count).map { $0 % 3 == 0 }
    let run = try scratch.finished("a", error: 0.1, wrong: values, in: store)
    #expect(try store.outcomes(of: run, for: "test_error")?.bits == values)
    #expect(try store.outcomes(of: run, for: "other") == nil)
  }

  @Test func queriesTagsAndForgetting() throws {
    let store = try scratch.store()
    let first = try scratch.finished("a", variant: "clean", error: 0.1, in: store)
    let second = try scratch.finished("b", variant: "pgd", seed: 3, error: 0.2, in: store)
    try store.tag(second, "paper")
    var query = RunQuery()
    query.tag = "paper"
    #expect(try store.runs(query).map(\.id) == [second.id])
    query = RunQuery()
    query.variant = "clean"
    #expect(try store.runs(query).map(\.id) == [first.id])
    query = RunQuery()
    query.limit = 1
    #expect(try store.runs(query).map(\.id) == [second.id])
    #expect(throws: StoreError.tag("two words")) { try store.tag(first, "two words") }
    #expect(throws: StoreError.unknownRun("zz")) { try store.run("zz") }
    #expect(try store.run(String(first.id.prefix(6))).id == first.id)
    try store.tag(second, "paper", isRemoved: true)
    #expect(try store.tags().isEmpty)
    try store.forget([second])
    #expect(try store.runs().map(\.id) == [first.id])
    #expect(try store.integrityProblems().isEmpty)
  }

  @Test("several writers at once lose nothing")
  func writers() async throws {
    let path = scratch.path("shared.sqlite")
    let runs = try await withThrowingTaskGroup(of: [String].self) { group in
      for writer in 0..<4 {
        group.addTask {
          let own = try Scratch()
          let store = try RunStore(at: path)
          return try (0..<10).map { number in
            try own.finished("\(writer)-\(number)", error: 0.1, in: store).id
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let store = try RunStore(at: path, for: .reading)
    #expect(Set(runs).count == 40)
    #expect(try store.runs().count == 40)
    #expect(try store.runs().allSatisfy { $0.status == .finished })
    #expect(try store.integrityProblems().isEmpty)
  }

  @Test("several processes may make the same store at the same moment")
  func simultaneousCreation() async throws {
    for round in 0..<20 {
      let path = scratch.path("new-\(round).sqlite")
      let counts = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<8 { group.addTask { try RunStore(at: path).count() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(counts == Array(repeating: 0, count: 8))
    }
  }

  // MARK: Stores that cannot be used

  @Test func missingStore() {
    let path = scratch.path("none.sqlite")
    #expect(throws: StoreError.missing(path: path)) { try RunStore(at: path, for: .reading) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func notADatabase() throws {
    let path = scratch.path("text.sqlite")
    try Data(String(repeating: "not a database ", count: 100).utf8).write(to: URL(filePath: path))
    for access in [RunStore.Access.reading, .writing] {
      #expect(throws: StoreError.damaged(path: path, reason: "file is not a database")) {
        try RunStore(at: path, for: access)
      }
    }
  }

  @Test("another program's database is left alone when it is only read")
  func otherDatabase() throws {
    let path = scratch.path("other.sqlite")
    try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE runs(x)") }
    #expect(throws: StoreError.self) { try RunStore(at: path, for: .reading) }
    #expect(throws: StoreError.self) { try RunStore(at: path, for: .writing) }
  }

  @Test func newerVersion() throws {
    let path = scratch.path("newer.sqlite")
    _ = try RunStore(at: path)
    try DatabaseQueue(path: path).write {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES('2099')")
    }
    for access in [RunStore.Access.reading, .writing] {
      #expect(throws: StoreError.newer(path: path)) { try RunStore(at: path, for: access) }
    }
  }

  @Test func lockedStore() throws {
    let path = scratch.path("locked.sqlite")
    let store = try RunStore(at: path, patience: 0.2)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    #expect(throws: StoreError.locked(path: path)) {
      try store.record(scratch.newRun("a"), environment: Scratch.environment, reusing: .any)
    }
    #expect(try RunStore(at: path, for: .reading).count() == 0)
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
    _ = try store.record(scratch.newRun("a"), environment: Scratch.environment, reusing: .any)
  }

  @Test func fullStore() throws {
    let path = scratch.path("full.sqlite")
    let store = try RunStore(at: path)
    // A limit on pages is what a full disk is to SQLite; the limit is the connection's own.
    let error = #expect(throws: StoreError.self) {
      try store.limitingPages(to: 1) {
        for number in 0..<2000 {
          _ = try store.record(
            scratch.newRun("\(number)"), environment: Scratch.environment, reusing: .any)
        }
      }
    }
    #expect(error == .full(path: path))
    #expect(try store.integrityProblems().isEmpty)
  }
}
