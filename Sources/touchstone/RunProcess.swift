import Foundation
import Reports
import Runs
import Subprocess
import SystemPackage

/// One run in a process of its own: what crashes or runs out of memory there takes nothing else down.
enum RunProcess {
  private static var program: Executable {
    .path(FilePath(URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path))
  }

  /// Works on a recorded run to its end; what it says goes to `run.log` in its folder.
  static func launch(
    _ run: RunRecord, store: String, tensorBoard: String?, lifeLine: LifeLinePipe
  ) async throws -> SweepRunner.Ending {
    try FileManager.default.createDirectory(
      atPath: run.folder, withIntermediateDirectories: true)
    let log = try FileDescriptor.open(
      FilePath(run.folder + "/run.log"), .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    defer { try? log.close() }
    let events = tensorBoard.map { ["--tensorboard", $0] } ?? []
    let result = try await Subprocess.run(
      program,
      arguments: Arguments(
        ["runs", "resume", run.id, "--store", store, "--life-line"] + events),
      input: .fileDescriptor(lifeLine.readEnd, closeAfterSpawningProcess: false),
      output: .fileDescriptor(log, closeAfterSpawningProcess: false),
      error: .fileDescriptor(log, closeAfterSpawningProcess: false))
    return ending(result.terminationStatus)
  }

  /// The cost of a run; `nil` when it cannot be measured, which the run itself will explain.
  static func trial(_ run: NewRun) async throws -> RunCost? {
    let request = try JSONEncoder().encode(
      TrialRequest(kind: run.kind, settings: run.settings))
    let result = try await Subprocess.run(
      program, arguments: ["trial"], input: .array(Array(request)),
      output: .bytes(limit: 1 << 16), error: .discarded)
    guard ending(result.terminationStatus) == .exited(0) else { return nil }
    return try? JSONDecoder().decode(RunCost.self, from: Data(result.standardOutput))
  }

  private static func ending(_ status: TerminationStatus) -> SweepRunner.Ending {
    switch status {
    case .exited(let code): .exited(Int32(code))
    case .signaled(let signal): .killed(signal: Int32(signal))
    }
  }
}

/// What a trial is asked.
struct TrialRequest: Codable {
  var kind: String
  var settings: String
}

/// A pipe whose write end this process alone holds: its runs end when it does, however it ends.
final class LifeLinePipe: Sendable {
  let readEnd: FileDescriptor
  private let writeEnd: FileDescriptor

  init() throws {
    (readEnd, writeEnd) = try FileDescriptor.pipe()
    // A run that held the write end would keep itself and all others alive.
    for end in [readEnd, writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    try? readEnd.close()
    try? writeEnd.close()
  }
}
