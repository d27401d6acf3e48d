import ArgumentParser
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
  ///
  /// - Parameter isStopRequested: asked all the time; the run is then told to write its checkpoint and to end. A
  ///   task that is cancelled tells it the same.
  static func launch(
    _ run: RunRecord, store: String, tensorBoard: String?, lifeLine: LifeLinePipe,
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) async throws -> SweepRunner.Ending {
    try await withThrowingTaskGroup(of: SweepRunner.Ending?.self) { group in
      group.addTask { try await start(run, store, tensorBoard, lifeLine) }
      group.addTask {
        while !isStopRequested() { try await Task.sleep(for: .milliseconds(100)) }
        return nil
      }
      defer { group.cancelAll() }
      if let ending = try await group.next() ?? nil { return ending }
      group.cancelAll()
      return try await group.next().flatMap(\.self) ?? .exited(Exit.interrupted.rawValue)
    }
  }

  private static func start(
    _ run: RunRecord, _ store: String, _ tensorBoard: String?, _ lifeLine: LifeLinePipe
  ) async throws -> SweepRunner.Ending {
    try FileManager.default.createDirectory(
      atPath: run.folder, withIntermediateDirectories: true)
    let log = try FileDescriptor.open(
      FilePath(run.folder + "/run.log"), .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    defer { try? log.close() }
    let events = tensorBoard.map { ["--tensorboard", $0] } ?? []
    var options = PlatformOptions()
    // As long as it takes: whoever is in a hurry asks a second time, or kills.
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(86400))]
    let result = try await Subprocess.run(
      program,
      arguments: Arguments(
        ["runs", "resume", run.id, "--store", store, "--life-line"] + events),
      platformOptions: options,
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
