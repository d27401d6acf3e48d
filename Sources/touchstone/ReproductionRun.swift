import Foundation
import Runs

/// Runs experiments one after the other, each in its folder, and goes on when one fails.
struct ReproductionRun {
  let store: RunStore
  let cores: Int
  let voice: ProgressLine
  let isStopRequested: @Sendable () -> Bool

  /// Runs what is not done yet.
  ///
  /// - Returns: what failed, a sentence each.
  /// - Throws: `StoreError` when the store can no longer be used.
  func run(_ plans: [ExperimentPlan]) async throws -> [String] {
    var failures: [String] = []
    for (index, plan) in plans.enumerated() where !isStopRequested() {
      let name = "experiment \(index + 1) of \(plans.count), \(plan.experiment.name)"
      if try plan.doneCount(in: store) == plan.runs.count { continue }
      if let missing = plan.missingData {
        voice.say("\(name): left out, \(missing) is not there")
        continue
      }
      voice.say("\(name) begins")
      do {
        let failed = plan.experiment.run.isSweep ? try await sweep(plan) : try await single(plan)
        failures += failed.map {
          let which =
            plan.experiment.run.isSweep ? ", \($0.member.variant), seed \($0.member.seed)" : ""
          let log = "\($0.member.run.folder)/run.log"
          return "\(plan.experiment.name)\(which) failed: \($0.message) (see \(log))"
        }
      } catch let error as StoreError {
        throw error
      } catch {
        let reason = (error as? any LocalizedError)?.errorDescription ?? "\(error)"
        failures.append("\(plan.experiment.name) failed: \(reason)")
      }
    }
    return failures
  }

  private func sweep(_ plan: ExperimentPlan) async throws -> [SweepRunner.Failure] {
    let sweep = try Sweep(
      recipe: plan.recipe, name: plan.experiment.recipe, folder: plan.folder, cores: cores,
      voice: voice)
    let failures = try await sweep.run(
      in: store, tensorBoard: nil, isStopRequested: isStopRequested)
    // What was stopped has no page yet; the same command makes it.
    if !isStopRequested() { _ = try sweep.report(from: store) }
    return failures
  }

  /// A single run has a process of its own too, so that what crashes takes nothing else down.
  private func single(_ plan: ExperimentPlan) async throws -> [SweepRunner.Failure] {
    let members = try plan.enlist(in: store, environment: Versions.environment)
    let progress = SweepProgress(members, jobs: 1, voice: voice)
    let lifeLine = try LifeLinePipe()
    let path = store.path
    let runner = SweepRunner(store: store, jobs: 1, isStopRequested: isStopRequested) { run in
      try await RunProcess.launch(
        run, store: path, tensorBoard: nil, lifeLine: lifeLine, isStopRequested: isStopRequested)
    }
    return try await runner.run(members) { progress.note($0) }
  }
}
