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
    let process = Process()
    let spare = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())")
    defer { try? FileManager.default.removeItem(at: spare) }
    var environment = ProcessInfo.processInfo.environment
    // Tests run beside one another: threads that wait for one another inside of operators would only burn cores.
    environment["OMP_NUM_THREADS"] = environment["OMP_NUM_THREADS"] ?? "1"
    // With these the command need not start itself a second time.
    environment["OMP_WAIT_POLICY"] = "PASSIVE"
    environment["GOMP_SPINCOUNT"] = "0"
    environment["TOUCHSTONE_STORE"] = store ?? spare.appending(path: "runs.sqlite").path
    process.environment = environment
    process.executableURL = Self.executable
    process.arguments = arguments
    let out = Pipe()
    let err = FileManager.default.temporaryDirectory.appending(path: "stderr-\(UUID())")
    try Data().write(to: err)
    defer { try? FileManager.default.removeItem(at: err) }
    process.standardOutput = out
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    output = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
    wasKilled = process.terminationReason == .uncaughtSignal
    errors = String(decoding: try Data(contentsOf: err), as: UTF8.self)
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
