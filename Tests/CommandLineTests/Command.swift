import Foundation

/// Runs the built command as a user does.
struct Command {
  let status: Int32
  let wasKilled: Bool
  let output: String
  let errors: String

  /// The executable beside the test bundle.
  static var executable: URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "touchstone")
  }

  /// - Parameter store: where runs are recorded; a throw-away file when not given.
  init(_ arguments: [String], store: String? = nil) throws {
    let out = Pipe()
    let command = try RunningCommand(arguments, store: store, output: out)
    output = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    status = command.wait()
    wasKilled = command.wasKilled
    errors = try command.errors
  }

  /// The lines on standard error.
  var errorLines: [Substring] { errors.split(separator: "\n") }
}

/// A folder that is removed with the value.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "command-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}
