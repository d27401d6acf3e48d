import Foundation
import Reports
import Testing

@Suite struct CRC32CTests {
  /// RFC 3720, appendix B.4, and the check value that catalogues of such codes list.
  private static let known: [(bytes: [UInt8], check: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Array(0..<32), 0x46DD_794E),
    (Array((0..<32).reversed()), 0x113F_DB5C),
    (Array("123456789".utf8), 0xE306_9283),
    ([], 0),
  ]

  @Test(arguments: known)
  func knownAnswers(bytes: [UInt8], expected: UInt32) {
    #expect(CRC32C.checksum(bytes) == expected)
  }

  @Test func maskIsRotationPlusConstant() {
    // Of no bytes: the check is 0, and so its rotation.
    #expect(CRC32C.masked([UInt8]()) == 0xA282_EAD8)
  }
}

@Suite struct TensorBoardTests {
  private static let time = 1_800_000_000.25

  private func events(in scratch: ScratchFolder, _ name: String = "run") throws
    -> TensorBoardEvents
  {
    try TensorBoardEvents(
      folder: scratch.path + "/" + name, hostname: "host", wallTime: { Self.time })
  }

  private func data(_ scratch: ScratchFolder, _ name: String = "run") throws -> Data {
    let folder = scratch.path + "/" + name
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    return try Data(contentsOf: URL(filePath: folder).appending(path: file))
  }

  @Test func bytesAreThoseOfThePythonPackage() throws {
    let scratch = try ScratchFolder()
    let events = try events(in: scratch)
    try events.scalar("loss", 0.5, step: 0)
    try events.scalars([("loss", 0.1), ("test/error", 0), ("minus zero", -0.0)], step: 1)
    try events.scalars([("loss", .nan), ("up", .infinity), ("down", -.infinity)], step: 300)
    try events.scalar("日本", 1e-30, step: 1 << 40)
    let table = "# Ü\n\n| a | b |\n|---|---|\n" + String(repeating: "x", count: 200)
    try events.text("settings", table, step: 7)
    try events.restart(at: 2)
    try events.hyperparameters(
      [
        ("rate", .number(3)), ("optimiser", .text("é \"q\"")), ("clip", .number(.infinity)),
        ("nesterov", .flag(false)), ("rate", .number(0.1)),
      ], metrics: ["test/error", "loss"])
    try events.close()
    let golden = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/tensorboard/events.tfevents")
    let (found, expected) = try (data(scratch), Data(contentsOf: golden))
    // One record at a time first, because that says which.
    for (found, expected) in zip(EventRecords(found).messages, EventRecords(expected).messages) {
      #expect(found == expected)
    }
    #expect(found == expected)
  }

  @Test func filesAreNamedForTensorBoardAndNeverShared() throws {
    let scratch = try ScratchFolder()
    for host in ["a/b", "a/b", ""] {
      try TensorBoardEvents(
        folder: scratch.path, hostname: host, wallTime: { host.isEmpty ? .nan : 12.9 }
      ).close()
    }
    let names = try scratch.contents().map { $0.split(separator: ".") }
    #expect(names.count == 3)
    #expect(names.allSatisfy { $0.prefix(3) == ["events", "out", "tfevents"] })
    #expect(names.map { $0[3] } == ["0000000000", "0000000012", "0000000012"])
    #expect(names.dropFirst().allSatisfy { $0[4] == "a-b" && $0[5] == "\(getpid())" })
    #expect(TensorBoardEvents.hostname.contains("/") == false)
  }

  @Test func scalarsReadBackInOrder() throws {
    let scratch = try ScratchFolder()
    let events = try events(in: scratch)
    for step in 0..<300 { try events.scalar("loss", 1 / Double(step + 1), step: step) }
    try events.scalar("far", 1e300, step: Int.max)
    try events.scalars([], step: 1)
    let records = EventRecords(try data(scratch))
    #expect(records.isIntact)
    #expect(records.messages.count == 302)
    #expect(EventRecords.messages(3, in: records.messages[0]) == [Array("brain.Event:2".utf8)])
    #expect(EventRecords.number(1, in: records.messages[9]) == Self.time.bitPattern)
    for (step, point) in records.scalars.prefix(300).enumerated() {
      #expect(point == ("loss", step, Float(1 / Double(step + 1))))
    }
    #expect(try #require(records.scalars.last) == ("far", Int.max, .infinity))
  }

  @Test func everyThreadWritesWholeRecords() async throws {
    let scratch = try ScratchFolder()
    let events = try events(in: scratch)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask {
          for step in 0..<50 { try events.scalar("\(thread)", Double(step), step: step) }
        }
      }
      try await group.waitForAll()
    }
    let records = EventRecords(try data(scratch))
    #expect(records.isIntact)
    for thread in 0..<8 {
      #expect(records.scalars.filter { $0.tag == "\(thread)" }.map(\.step) == Array(0..<50))
    }
  }

  @Test func whatIsWrittenIsThereBeforeTheEnd() throws {
    let scratch = try ScratchFolder()
    let events = try events(in: scratch)
    try events.scalar("loss", 1, step: 1)
    #expect(EventRecords(try data(scratch)).scalars.count == 1)
    try events.close()
    try events.close()
    let error = try #require(throws: WriteError.self) { try events.scalar("loss", 1, step: 2) }
    #expect(error.errorDescription?.contains("it is closed") == true)
    #expect(EventRecords(try data(scratch)).scalars.count == 1)
  }

  @Test func withoutMetricsTensorBoardFindsThem() throws {
    let scratch = try ScratchFolder()
    let events = try events(in: scratch)
    try events.hyperparameters([("a", .flag(true))], metrics: [])
    let text = String(decoding: try data(scratch), as: UTF8.self)
    #expect(text.contains("_hparams_/session_start_info"))
    #expect(!text.contains("_hparams_/experiment"))
  }

  @Test func placesThatCannotBeWritten() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Data(), to: scratch.path + "/file")
    #expect(throws: WriteError.kind(path: scratch.path + "/file", expected: "folder")) {
      _ = try events(in: scratch, "file")
    }
    #expect(throws: WriteError.self) { _ = try TensorBoardEvents(folder: "/proc/touchstone/run") }
    let long = String(repeating: "h", count: 300)
    let error = try #require(throws: WriteError.self) {
      _ = try TensorBoardEvents(folder: scratch.path + "/new/run", hostname: long)
    }
    #expect(error.errorDescription?.contains(long) == true)
    #expect(try scratch.contents() == ["file"])
  }

  @Test func aFullDiskLeavesWholeRecords() throws {
    let scratch = try ScratchFolder()
    try scratch.withSmallDisk { disk in
      let events = try TensorBoardEvents(folder: disk + "/run", hostname: "host")
      let long = String(repeating: "x", count: 5_000)
      let error = try #require(throws: WriteError.self) {
        for step in 0..<100 { try events.text("long", long, step: step) }
      }
      guard case .full(let path) = error else { throw error }
      let before = EventRecords(try Data(contentsOf: URL(filePath: path)))
      #expect(before.isIntact)
      #expect(before.messages.count > 5)
      // What is short still fits, and follows a whole record.
      try events.scalar("loss", 1, step: 1)
      let after = EventRecords(try Data(contentsOf: URL(filePath: path)))
      #expect(after.isIntact)
      #expect(after.messages.count == before.messages.count + 1)
    }
  }
}
