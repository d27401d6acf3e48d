import Datasets
import Foundation
import Networks
import Torch
import Training

/// A short training run whose every number Python computes as well.
struct ConformanceCase: Decodable {
  /// The name of the results.
  var name: String
  /// Which of the networks.
  var network: String
  /// The summands of the objective.
  var objective: [TrainingRecipe.TermEntry]
  /// The number of steps.
  var steps: Int
  /// Examples a step.
  var batchSize: Int
  /// SAM or ASAM, where it is about them.
  var sharpness: SharpnessAware?

  /// The final weights, which examples were in which batch, and what the first term of the objective
  /// was in the first step.
  func run(on inputs: [String: Tensor], dtype: DType) throws -> [String: Tensor] {
    guard let x = inputs["x"], let y = inputs["y"] else {
      throw ConformanceError(reason: "inputs.safetensors lacks x or y")
    }
    let classes = (y.values(as: Int.self).max() ?? 0) + 1
    let data = try Dataset(
      name: name, inputs: x, labels: y, classNames: (0..<classes).map { "\($0)" })
    let model = try WatchedNetwork(
      network, classCount: classes, weights: inputs, dtype: dtype)
    let terms = try objective.map { entry in
      let term = try TermRegistry.term(entry.term, options: entry.options ?? [:])
      return (WatchedTerm(term), entry.weight ?? .constant(1))
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "conformance-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let trainer = try Trainer(
      model: model, objective: try Objective(terms.map { $0.weighted($1) }), training: data,
      evaluation: nil, settings: settings, context: Context(seed: 11), folder: folder,
      identity: name)
    _ = try trainer.run()
    var results = terms.first?.0.results ?? [:]
    for (name, tensor) in model.network.state() { results["final/\(name)"] = tensor }
    return results
  }

  /// Gradient descent with momentum and weight decay; the numbers stand in smoothness.py too.
  private var settings: TrainerSettings {
    var settings = TrainerSettings()
    settings.steps = steps
    settings.batchSize = batchSize
    settings.checkpointEvery = steps
    settings.optimiser = OptimiserSettings(rule: .sgd, momentum: 0.9, weightDecay: 1e-3)
    settings.learningRate = LearningRate(0.05)
    settings.sharpness = sharpness
    return settings
  }
}

/// Why the cases cannot be run.
struct ConformanceError: LocalizedError {
  let reason: String
  var errorDescription: String? { reason }
}
