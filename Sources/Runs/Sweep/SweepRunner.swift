import Foundation

/// Runs the members of a sweep, several at a time, each in a process of its own.
///
/// What a run came to is read from the store, never from the process: a sweep that was killed, or
/// another one beside it, changes nothing.
public struct SweepRunner: Sendable {
  /// How a process ended.
  public enum Ending: Sendable, Equatable {
    /// By itself, with an exit code.
    case exited(Int32)
    /// By a signal.
    case killed(signal: Int32)
  }

  /// What happens while a sweep runs.
  public enum Event: Sendable {
    /// A run begins.
    case started(SweepMember)
    /// A run is done; `isNew` is false where it was done before.
    case finished(SweepMember, RunRecord, isNew: Bool)
    /// A run failed.
    case failed(SweepMember, message: String)
    /// Another process works on a run.
    case elsewhere(SweepMember)
  }

  /// A run that came to nothing, and why.
  public struct Failure: Sendable {
    /// The run.
    public let member: SweepMember
    /// The last thing it said.
    public let message: String
  }

  private let store: RunStore
  private let jobs: Int
  private let isStopRequested: @Sendable () -> Bool
  private let launch: @Sendable (RunRecord) async throws -> Ending

  /// A runner.
  ///
  /// - Parameters:
  ///   - jobs: how many runs at a time.
  ///   - isStopRequested: asked before each run begins.
  ///   - launch: works on a run in a process of its own, to its end.
  public init(
    store: RunStore, jobs: Int, isStopRequested: @escaping @Sendable () -> Bool = { false },
    launch: @escaping @Sendable (RunRecord) async throws -> Ending
  ) {
    self.store = store
    self.jobs = max(1, jobs)
    self.isStopRequested = isStopRequested
    self.launch = launch
  }

  /// Runs what is not done yet, and keeps going when a run fails.
  ///
  /// - Returns: the runs that failed.
  /// - Throws: ``StoreError`` when the store cannot be read.
  public func run(
    _ members: [SweepMember], report: @escaping @Sendable (Event) -> Void
  ) async throws -> [Failure] {
    var failures: [Failure] = []
    try await withThrowingTaskGroup(of: Failure?.self) { group in
      var waiting = members
      var working = 0
      while working > 0 || !waiting.isEmpty {
        while working < jobs, !waiting.isEmpty, !isStopRequested() {
          // Runs that others work on come last, so that several sweeps beside one another share.
          let free = waiting.firstIndex { !RunLock.isHeld(in: URL(filePath: $0.run.folder)) }
          let member = waiting.remove(at: free ?? 0)
          working += 1
          group.addTask { try await work(on: member, report) }
        }
        guard let outcome = try await group.next() else { break }
        working -= 1
        if let failure = outcome { failures.append(failure) }
      }
    }
    return failures
  }

  private func work(
    on member: SweepMember, _ report: @Sendable (Event) -> Void
  ) async throws -> Failure? {
    let before = try store.run(member.run.id)
    if before.status == .finished {
      report(.finished(member, before, isNew: false))
      return nil
    }
    var saysElsewhere = true
    while true {
      try await waitUntilFree(member, &saysElsewhere, report)
      if isStopRequested() { return nil }
      let now = try store.run(member.run.id)
      if now.status == .finished {
        report(.finished(member, now, isNew: false))
        return nil
      }
      report(.started(member))
      let ending = try await launch(now)
      let after = try store.run(member.run.id)
      // Somebody else was faster to take the lock: look again.
      if after.isAlive { continue }
      return try conclude(member, after, ending, report)
    }
  }

  private func waitUntilFree(
    _ member: SweepMember, _ says: inout Bool, _ report: @Sendable (Event) -> Void
  ) async throws {
    let folder = URL(filePath: member.run.folder)
    while RunLock.isHeld(in: folder), !isStopRequested() {
      if says { report(.elsewhere(member)) }
      says = false
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  private func conclude(
    _ member: SweepMember, _ run: RunRecord, _ ending: Ending, _ report: @Sendable (Event) -> Void
  ) throws -> Failure? {
    switch (run.status, ending) {
    case (.finished, _):
      report(.finished(member, run, isNew: true))
      return nil
    // What was asked to end, and what had not begun.
    case (.interrupted, _) where isStopRequested(), (.planned, _) where isStopRequested():
      return nil
    case (.interrupted, _):
      // Somebody stopped this run alone.
      let message = "it was stopped; the same command goes on with it"
      report(.failed(member, message: message))
      return Failure(member: member, message: message)
    case (.failed, .exited(let code)) where code != 0: break
    case (_, .killed(let signal)):
      try store.markFailed(run, message: "the process was killed by signal \(signal)")
    case (_, .exited(let code)):
      try store.markFailed(run, message: "the process ended with code \(code) and no result")
    }
    let message = try store.run(run.id).message ?? "no reason was given"
    report(.failed(member, message: message))
    return Failure(member: member, message: message)
  }
}
