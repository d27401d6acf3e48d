import Foundation
import Testing

@testable import Torch

@Suite struct AtomicFileTests {
  private static func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
  }

  @Test func replacesAFileAndLeavesNothingElse() throws {
    try Fixture.withFolder { (folder) throws in
      let url = folder.appendingPathComponent("file")
      try AtomicFile.write(Data("old".utf8), to: url)
      try AtomicFile.write(Data("new".utf8), to: url)
      #expect(try Data(contentsOf: url) == Data("new".utf8))
      #expect(try Self.names(in: folder) == ["file"])
    }
  }

  @Test func keepsTheOldFileWhenTheDiskIsFull() throws {
    try Fixture.withFolder { (folder) throws in
      let url = folder.appendingPathComponent("file")
      try AtomicFile.write(Data("old".utf8), to: url)
      #expect(throws: FileError.noSpace(path: url.path)) {
        try AtomicFile.write(to: url) { (output) throws(FileError) in
          try output.append(Data("half of the new".utf8))
          throw .noSpace(path: output.path)
        }
      }
      #expect(try Data(contentsOf: url) == Data("old".utf8))
      #expect(try Self.names(in: folder) == ["file"])
    }
  }

  /// Every write to this device fails as on a full disk.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func recognisesAFullDisk() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let output = AtomicFile.Output(descriptor: descriptor, path: "big.npy")
    #expect(throws: FileError.noSpace(path: "big.npy")) {
      try output.append(Data(count: 10))
    }
  }

  @Test func refusesFoldersAndMissingFolders() throws {
    try Fixture.withFolder { (folder) throws in
      #expect(throws: FileError.isFolder(path: folder.path)) {
        try AtomicFile.write(Data(), to: folder)
      }
      let url = folder.appendingPathComponent("none/file")
      #expect(throws: FileError.notFound(path: url.path)) { try AtomicFile.write(Data(), to: url) }
      #expect(try Self.names(in: folder).isEmpty)
    }
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may write everywhere"))
  func refusesAFolderWithoutPermission() throws {
    try Fixture.withFolder { (folder) throws in
      chmod(folder.path, 0o500)
      defer { chmod(folder.path, 0o700) }
      let url = folder.appendingPathComponent("file")
      #expect(throws: FileError.notPermitted(action: "write", path: url.path)) {
        try AtomicFile.write(Data(), to: url)
      }
    }
  }

  @Test func followsASymbolicLink() throws {
    try Fixture.withFolder { (folder) throws in
      let (file, link) = (
        folder.appendingPathComponent("file"), folder.appendingPathComponent("link")
      )
      try AtomicFile.write(Data("old".utf8), to: file)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      try AtomicFile.write(Data("new".utf8), to: link)
      #expect(try Data(contentsOf: file) == Data("new".utf8))
    }
  }

  @Test func readingNamesTheFault() throws {
    try Fixture.withFolder { (folder) throws in
      #expect(throws: FileError.isFolder(path: folder.path)) { try NPY.read(folder) }
      let url = folder.appendingPathComponent("none.npy")
      #expect(throws: FileError.notFound(path: url.path)) { try NPY.read(url) }
    }
  }

  @Test(arguments: [
    (EACCES, FileError.notPermitted(action: "write", path: "x")),
    (EROFS, .notPermitted(action: "write", path: "x")),
    (ENOSPC, .noSpace(path: "x")),
    (EDQUOT, .noSpace(path: "x")),
    (EIO, .failed(action: "write", path: "x", reason: "Input/output error")),
  ]) func classifiesErrors(code: Int32, error: FileError) {
    #expect(FileError(code: code, action: "write", path: "x") == error)
  }
}
