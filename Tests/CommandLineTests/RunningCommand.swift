import Foundation

/// The built command, started and left to run; it is killed where nobody keeps it any longer.
final class RunningCommand {
  private let process = Process()
  private let errorFile: URL
  private let spareStore: URL

  /// - Parameters:
  ///   - store: where runs are recorded; a throw-away file when not given.
  ///   - environment: its variables, but for the store's and the cache's.
  ///   - output: what it prints goes there; nowhere when not given.
  init(
    _ arguments: [String], store: String? = nil,
    environment: [String: String] = RunningCommand.environment, output: Pipe? = nil
  ) throws {
    let folder = FileManager.default.temporaryDirectory
    errorFile = folder.appending(path: "stderr-\(UUID())")
    spareStore = folder.appending(path: "store-\(UUID())")
    try Data().write(to: errorFile)
    process.executableURL = Command.executable
    process.arguments = arguments
    process.environment = environment.merging([
      "TOUCHSTONE_STORE": store ?? spareStore.appending(path: "runs.sqlite").path,
      "TOUCHSTONE_CACHE": Self.cache.path,
    ]) { $1 }
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try Self.withoutBlockedSignals(process.run)
  }

  /// A command inherits which signals are blocked: none in a shell, but most on the threads that tests run on, where no
  /// signal would reach it as it does elsewhere.
  private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  deinit {
    send(SIGKILL)
    wait()
    try? FileManager.default.removeItem(at: errorFile)
    try? FileManager.default.removeItem(at: spareStore)
  }

  /// This process's variables, and those that spare the command a second start.
  static var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    // Tests run beside one another: threads that wait for one another inside of operators would only burn cores.
    environment["OMP_NUM_THREADS"] = environment["OMP_NUM_THREADS"] ?? "1"
    environment["OMP_WAIT_POLICY"] = "PASSIVE"
    environment["GOMP_SPINCOUNT"] = "0"
    return environment
  }

  /// What the commands of all tests share, empty when these begin: what lies in the user's own cache must not decide
  /// what they try.
  private static let cache: URL = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cache-\(UUID())")
    atexit { try? FileManager.default.removeItem(at: RunningCommand.cache) }
    return folder
  }()

  var identifier: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// What it has written on standard error so far.
  var errors: String {
    get throws { String(decoding: try Data(contentsOf: errorFile), as: UTF8.self) }
  }

  /// Sends a signal; a number that another process may have by now gets none.
  func send(_ signal: Int32) {
    if isRunning { kill(identifier, signal) }
  }

  /// Waits until something is so or the command has ended.
  func wait(every seconds: Double = 0.05, until condition: () throws -> Bool) rethrows {
    while isRunning, try !condition() { Thread.sleep(forTimeInterval: seconds) }
  }

  /// Waits for its end.
  ///
  /// - Returns: its code, or the signal that ended it.
  @discardableResult func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Whether a signal ended it, and not itself.
  var wasKilled: Bool { process.terminationReason == .uncaughtSignal }
}
