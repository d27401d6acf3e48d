import Foundation
import Testing

/// Files for the tests of file formats, made by Scripts/fixtures/torch_formats.py.
enum Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/Torch")

  static func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// Runs `body` with a new folder that is deleted afterwards.
  static func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("touchstone-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  /// Writes bytes to a new file and runs `body` with it.
  static func withFile(_ bytes: [UInt8], _ body: (URL) throws -> Void) throws {
    try withFolder { (folder) throws in
      let url = folder.appendingPathComponent("file")
      try Data(bytes).write(to: url)
      try body(url)
    }
  }
}
