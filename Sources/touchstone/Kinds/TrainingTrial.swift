import Datasets
import Files
import Foundation
import Networks
import Runs
import Torch
import Training

/// Measures what a training run will take, by a few steps of it.
enum TrainingTrial {
  private static let steps = 6

  /// The cost of a run on the threads that it asks for.
  static func cost(of recipe: TrainingRecipe) throws -> RunCost {
    try TemporaryFolder.with { try cost(of: recipe, in: $0) }
  }

  private static func cost(of recipe: TrainingRecipe, in folder: URL) throws -> RunCost {
    let begin = ContinuousClock.now
    let full = try TrainingRun(recipe, folder: folder)
    let totalSteps = try full.makeTrainer().totalSteps
    var short = recipe
    short.training.steps = min(steps, totalSteps)
    short.training.evaluateEvery = short.training.steps
    let run = try TrainingRun(short, folder: folder)
    IntraOperatorThreads.set(recipe.threads ?? IntraOperatorThreads.usual)
    let loaded = ContinuousClock.now
    var times = [loaded]
    _ = try run.makeTrainer().run { _ in times.append(.now) }
    let durations = zip(times.dropFirst(), times).map { ($0 - $1) / .seconds(1) }
    // The first step allocates, the last one evaluates: the others tell what a step takes.
    let middle = durations.dropFirst().dropLast().sorted()
    let step = middle.isEmpty ? durations[0] : middle[middle.count / 2]
    let evaluation = max(0, (durations.last ?? 0) - step)
    let judging = try run.attackSeconds() + run.measureSeconds()
    let every = recipe.training.evaluateEvery ?? max(1, totalSteps / recipe.training.epochs)
    let evaluations = Double(totalSteps / max(1, every) + 2)
    let start = (loaded - begin) / .seconds(1) / 2
    return RunCost(
      seconds: start + step * Double(totalSteps) + evaluation * evaluations + judging,
      basis: String(format: "%.1f ms a step, %d steps", step * 1000, totalSteps))
  }
}

extension TrainingRun {
  /// What the attacks on the finished model will take at most: no example leaves early.
  fileprivate func attackSeconds() throws -> Double {
    try attackCosts { entry, evaluation, data in
      let count = min(25, entry.count, data.count)
      let begin = ContinuousClock.now
      _ = try evaluation.run(entry, on: data, count: count, stopsEarly: false)
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      return seconds * Double(min(entry.count, data.count)) / Double(count)
    }
  }
}
