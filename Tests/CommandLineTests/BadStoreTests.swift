import Foundation
import Testing

/// A store that cannot be used ends a command with exit code 2 and one sentence, before any work.
@Suite("Run stores that cannot be used")
struct BadStoreTests {
  private let scratch: Scratch
  private let recipe: String

  init() throws {
    scratch = try Scratch()
    recipe = try scratch.write(
      "r.yaml",
      """
      recipe: train
      data: { source: glyphs, train: 60, test: 20 }
      model: { name: small-cnn, options: { width: 2 } }
      training: { steps: 2, batchSize: 20 }
      sweep: { seeds: 2 }
      """)
  }

  private func refuse(
    _ arguments: [String], _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let command = try Command(arguments)
    #expect(!command.wasKilled, "\(command.errors)", sourceLocation: sourceLocation)
    #expect(command.status == 2, "\(command.errors)", sourceLocation: sourceLocation)
    #expect(command.output.isEmpty, sourceLocation: sourceLocation)
    #expect(command.errorLines.count == 1, "\(command.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        command.errors.contains(word), "no '\(word)' in: \(command.errors)",
        sourceLocation: sourceLocation)
    }
  }

  /// Every command that opens a store, with one.
  private func commands(_ store: String) -> [[String]] {
    let out = ["--out", scratch.path("out"), "--store", store]
    return [
      ["runs", "list", "--store", store], ["train", recipe] + out,
      ["ablate", recipe, "--no-trial"] + out,
    ]
  }

  @Test func missing() throws {
    try refuse(["runs", "list", "--store", scratch.path("none")], "no run store", "--store")
    try refuse(["runs", "show", "x", "--store", scratch.path("none")], "no run store")
  }

  @Test func notADatabase() throws {
    let file = try scratch.write("text.sqlite", String(repeating: "no database ", count: 200))
    for command in commands(file) { try refuse(command, "text.sqlite", "not a") }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("out")))
  }

  @Test func newerVersion() throws {
    let store = scratch.path("s.sqlite")
    #expect(
      try Command(["train", recipe, "--out", scratch.path("a"), "--store", store]).status == 0)
    guard try sqlite(store, "INSERT INTO grdb_migrations VALUES('2099')") else { return }
    for command in commands(store) { try refuse(command, "newer version", "update touchstone") }
  }

  @Test func locked() throws {
    let store = scratch.path("s.sqlite")
    #expect(
      try Command(["train", recipe, "--out", scratch.path("a"), "--store", store]).status == 0)
    let holder = Process()
    holder.executableURL = URL(filePath: "/usr/bin/env")
    holder.arguments = [
      "python3", "-c",
      """
      import sqlite3, sys
      c = sqlite3.connect(sys.argv[1], isolation_level=None)
      c.execute("BEGIN IMMEDIATE")
      print("held", flush=True)
      sys.stdin.read()
      """, store,
    ]
    let (input, output) = (Pipe(), Pipe())
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    defer {
      try? input.fileHandleForWriting.close()
      holder.waitUntilExit()
    }
    _ = output.fileHandleForReading.availableData
    // Readers do not wait for writers; a writer waits ten seconds.
    #expect(try Command(["runs", "list", "--store", store]).status == 0)
    try refuse(
      ["train", recipe, "--out", scratch.path("b"), "--store", store, "--seed", "3", "--quiet"],
      "locked by another process")
  }

  @Test func readOnlyFolder() throws {
    let disk = scratch.path("disk")
    guard try mount(disk, "size=4m") else { return }
    defer { _ = try? Shell.run("umount \(disk)") }
    let store = disk + "/s.sqlite"
    #expect(
      try Command(["train", recipe, "--out", scratch.path("a"), "--store", store]).status == 0)
    #expect(try Shell.run("mount -o remount,ro \(disk)") == 0)
    try refuse(
      ["train", recipe, "--out", scratch.path("b"), "--store", store, "--quiet"],
      "s.sqlite", "may not be")
    try refuse(
      ["train", recipe, "--out", scratch.path("b"), "--store", disk + "/new/s.sqlite", "--quiet"],
      "may not be")
    try refuse(["runs", "tag", "x", "y", "--store", store], "may not be")
    let list = try Command(["runs", "list", "--store", store])
    #expect(list.status == 0 && list.output.contains("finished"), "\(list.errors)")
  }

  @Test func fullDisk() throws {
    let disk = scratch.path("disk")
    guard try mount(disk, "size=300k") else { return }
    defer { _ = try? Shell.run("umount \(disk)") }
    let store = disk + "/s.sqlite"
    #expect(try Command(["runs", "check", "--store", store]).status == 2)
    #expect(
      try Command(["train", recipe, "--out", scratch.path("a"), "--store", store]).status == 0)
    _ = try Shell.run("dd if=/dev/zero of=\(disk)/rest bs=1k")
    let command = try Command([
      "ablate", recipe, "--no-trial", "--out", scratch.path("b"), "--store", store, "--quiet",
    ])
    #expect(command.status != 0 && !command.wasKilled, "\(command.errors)")
    #expect(command.errors.contains("no space left"), "\(command.errors)")
    #expect(command.status != 70, "\(command.errors)")
    // What was there before is still there and sound.
    try FileManager.default.removeItem(atPath: disk + "/rest")
    let check = try Command(["runs", "check", "--store", store])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
  }

  @Test("a disk that fills while a sweep runs fails the runs, not the store")
  func fullFolder() throws {
    let disk = scratch.path("disk")
    guard try mount(disk, "size=1m") else { return }
    defer { _ = try? Shell.run("umount \(disk)") }
    let store = scratch.path("s.sqlite")
    let command = try Command([
      "ablate", recipe, "--no-trial", "--out", disk + "/out", "--store", store, "--set",
      "model.options.width=64",
    ])
    #expect(command.status != 0 && command.status != 70 && !command.wasKilled)
    #expect(command.errors.contains("no space left to write"), "\(command.errors)")
    let failed = try Command(["runs", "list", "--json", "--store", store])
    #expect(failed.output.contains("\"status\": \"failed\""))
    #expect(failed.output.contains("no space left"))
  }

  // MARK: Help of the system

  private func mount(_ path: String, _ options: String) throws -> Bool {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let isMounted = try Shell.run("mount -t tmpfs -o \(options) tmpfs \(path)") == 0
    if !isMounted { print("skipped: a small file system cannot be mounted here") }
    return isMounted
  }

  private func sqlite(_ path: String, _ statement: String) throws -> Bool {
    let script =
      "import sqlite3; c = sqlite3.connect('\(path)'); "
      + "c.execute(\\\"\(statement)\\\"); c.commit()"
    let isDone = try Shell.run("python3 -c \"\(script)\"") == 0
    if !isDone { print("skipped: python3 has no sqlite3 here") }
    return isDone
  }
}

/// Runs a line of shell.
enum Shell {
  static func run(_ text: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", text + " 2>/dev/null"]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
