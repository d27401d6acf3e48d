import Foundation
import Runs
import Synchronization
import Testing

@Suite("Sweeps beside one another", .timeLimit(.minutes(60)))
struct SweepRunnerTests {
  @Test("runs that another process works on come last")
  func busyRunsComeLast() async throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    let runs = try ["busy", "free"].map {
      try store.record(scratch.newRun($0), environment: Scratch.environment, reusing: .any)
    }
    let sweep = try store.recordSweep(
      id: "s", recipe: "r.yaml", profile: nil, settings: "{}", folder: scratch.path("s"))
    for (index, run) in runs.enumerated() {
      try store.add(run, to: sweep, rung: 0, variant: run.id, seed: 0, position: index)
    }
    let members = try store.members(of: sweep)
    let elsewhere = Mutex<RunSession?>(
      try RunSession(runs[0], in: store, environment: Scratch.environment))
    let order = Mutex<[String]>([])
    let runner = SweepRunner(store: store, jobs: 1) { run in
      order.withLock { $0.append(run.id) }
      _ = try RunSession(run, in: store, environment: Scratch.environment).perform { _ in
        RunResult(findings: [])
      }
      // The other process is done only when the free run is: who waits for it first waits for ever.
      elsewhere.withLock { $0 = nil }
      return .exited(0)
    }
    let failures = try await runner.run(members) { _ in }
    #expect(failures.isEmpty)
    #expect(order.withLock(\.self) == [runs[1].id, runs[0].id])
  }

  @Test("a run that was stopped alone is told, and one that was stopped with the sweep is not")
  func stoppedRuns() async throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    let run = try store.record(
      scratch.newRun("only"), environment: Scratch.environment, reusing: .any)
    let sweep = try store.recordSweep(
      id: "s", recipe: "r.yaml", profile: nil, settings: "{}", folder: scratch.path("s"))
    try store.add(run, to: sweep, rung: 0, variant: "only", seed: 0, position: 0)
    let members = try store.members(of: sweep)
    for isStoppedWithSweep in [false, true] {
      let isStopRequested = Mutex(false)
      let runner = SweepRunner(
        store: store, jobs: 1, isStopRequested: { isStopRequested.withLock(\.self) }
      ) { run in
        _ = try RunSession(run, in: store, environment: Scratch.environment).perform { _ in nil }
        isStopRequested.withLock { $0 = isStoppedWithSweep }
        return .exited(130)
      }
      let failures = try await runner.run(members) { _ in }
      #expect(failures.count == (isStoppedWithSweep ? 0 : 1))
      #expect(try store.run(run.id).status == .interrupted)
    }
  }
}
