import Foundation
import Reports
import Testing

/// A folder of its own for a test, removed by `deinit`.
final class ScratchFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("touchstone-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// Runs a body on a file system of 64 KiB, where one can be mounted.
  func withSmallDisk(_ body: (String) throws -> Void) throws {
    let disk = path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    guard run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]) else {
      print("skipped: a small file system cannot be mounted here")
      return
    }
    defer { _ = run("umount", [disk]) }
    try body(disk)
  }

  private func run(_ command: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

@Suite struct WritingTests {
  @Test func writesAllFilesAndMakesTheFolder() throws {
    let scratch = try ScratchFolder()
    let out = scratch.path + "/a/b"
    try ReportFolder(out).write([.init("x.txt", "one"), .init("y.txt", "two")])
    try ReportFolder(out).write([.init("x.txt", "three")])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: out).sorted() == ["x.txt", "y.txt"])
    #expect(try String(contentsOfFile: out + "/x.txt", encoding: .utf8) == "three")
  }

  @Test func aFailureLeavesNothingBehind() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Data("old".utf8), to: scratch.path + "/a.txt")
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/b.txt", withIntermediateDirectories: false)
    #expect(throws: WriteError.kind(path: scratch.path + "/b.txt", expected: "file")) {
      try ReportFolder(scratch.path).write([.init("a.txt", "new"), .init("b.txt", "new")])
    }
    #expect(try scratch.contents() == ["a.txt", "b.txt"])
    #expect(try String(contentsOfFile: scratch.path + "/a.txt", encoding: .utf8) == "old")
  }

  @Test func aNameThatIsTooLongRemovesTheStagedFilesAndTheFolder() throws {
    let scratch = try ScratchFolder()
    let long = String(repeating: "n", count: 300)
    #expect(throws: WriteError.self) {
      try ReportFolder(scratch.path + "/new/deep").write([.init("a.txt", "a"), .init(long, "b")])
    }
    #expect(try scratch.contents().isEmpty)
  }

  @Test(arguments: ["", ".", "..", "a/b", "/etc/x", "../x"])
  func namesStayInTheFolder(name: String) throws {
    let scratch = try ScratchFolder()
    #expect(throws: WriteError.name(name)) {
      try ReportFolder(scratch.path).write([.init(name, "x")])
    }
    #expect(throws: WriteError.name("x")) {
      try ReportFolder(scratch.path).write([.init("x", "1"), .init("x", "2")])
    }
    #expect(try scratch.contents().isEmpty)
  }

  @Test func aFileWhereTheFolderShouldBe() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Data(), to: scratch.path + "/file")
    for path in ["/file", "/file/below"] {
      let error = try #require(throws: WriteError.self) {
        try ReportFolder(scratch.path + path).write([.init("a", "a")])
      }
      guard case .kind(_, let expected) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(expected == "folder")
    }
    #expect(try scratch.contents() == ["file"])
  }

  @Test func checkFindsOutWithoutATrace() throws {
    let scratch = try ScratchFolder()
    try ReportFolder(scratch.path + "/new").check()
    try ReportFolder(scratch.path).check()
    #expect(try scratch.contents().isEmpty)
    #expect(throws: WriteError.self) { try ReportFolder("/proc/touchstone").check() }
  }

  @Test func anUnwritableFolderIsDenied() throws {
    guard getuid() != 0 else {
      print("skipped: root may write everywhere")
      return
    }
    let scratch = try ScratchFolder()
    chmod(scratch.path, 0o500)
    defer { chmod(scratch.path, 0o700) }
    #expect(throws: WriteError.denied(path: scratch.path + "/a")) {
      try ReportFolder(scratch.path).write([.init("a", "a")])
    }
  }

  @Test func aFullDeviceIsSaidToBeFull() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else {
      print("skipped: no /dev/full here")
      return
    }
    #expect(throws: WriteError.full(path: "/dev/full")) {
      try AtomicFile.write(Data("x".utf8), to: "/dev/full")
    }
  }

  @Test func aFullDiskLeavesNoPartialFile() throws {
    let scratch = try ScratchFolder()
    try scratch.withSmallDisk { disk in
      try ReportFolder(disk).write([.init("a.txt", "old")])
      let large = Data(repeating: 7, count: 200_000)
      #expect(throws: WriteError.full(path: disk + "/b.bin")) {
        try ReportFolder(disk).write([.init("a.txt", "new"), .init("b.bin", large)])
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == ["a.txt"])
      #expect(try String(contentsOfFile: disk + "/a.txt", encoding: .utf8) == "old")
    }
  }

  @Test func aLinkStaysAndItsTargetIsReplaced() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Data("old".utf8), to: scratch.path + "/target")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/link", withDestinationPath: "target")
    try AtomicFile.write(Data("new".utf8), to: scratch.path + "/link")
    #expect(try String(contentsOfFile: scratch.path + "/target", encoding: .utf8) == "new")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path + "/link")
        == "target")
  }
}
