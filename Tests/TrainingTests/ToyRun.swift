import Datasets
import Foundation
import Networks
import Torch
import Training

/// Small runs in a folder of their own.
struct ToyRun {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "toy-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Removes the folder.
  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// Two classes in six dimensions.
  static func data(count: Int = 120) throws -> Dataset {
    let inputs = Tensor.normal([count, 6], using: Generator(seed: 5, purpose: "data"))
    return try Dataset(
      name: "toy", inputs: inputs,
      labels: inputs.select(0, along: 1).greater(than: 0).to(.int64), classNames: ["no", "yes"],
      range: Dataset.unbounded)
  }

  /// A network with batch normalisation and dropout.
  static func network() -> any Layer {
    let generator = Generator(seed: 6, purpose: "weights")
    return Sequential {
      Linear(6, 16, using: generator)
      BatchNorm(16)
      Activation.relu()
      Dropout(0.3)
      Linear(16, 2, using: generator)
    }
  }

  /// A run of four steps an epoch by gradient descent.
  func trainer(
    _ model: any Layer, steps: Int = 12, objective: Objective = Objective { CrossEntropy() },
    stop: StopSignal = StopSignal(), change: (inout TrainerSettings) -> Void = { _ in }
  ) throws -> Trainer {
    var settings = TrainerSettings()
    settings.steps = steps
    settings.batchSize = 30
    settings.checkpointEvery = 7
    settings.optimiser = OptimiserSettings(rule: .sgd, momentum: 0.9)
    settings.learningRate = LearningRate(0.1)
    change(&settings)
    let data = try Self.data()
    return try Trainer(
      model: model, objective: objective, training: data, evaluation: data, settings: settings,
      context: Context(seed: 1), folder: folder, identity: "toy",
      isStopRequested: { stop.isRequested })
  }

  /// The weights and buffers at the end of a run.
  static func end(
    _ model: any Layer, steps: Int = 12, objective: Objective = Objective { CrossEntropy() },
    change: (inout TrainerSettings) -> Void = { _ in }
  ) throws -> [String: Tensor] {
    let run = try ToyRun()
    defer { run.remove() }
    _ = try run.trainer(model, steps: steps, objective: objective, change: change).run()
    return model.state()
  }
}

/// Whether two states have the same bits.
func areIdentical(_ left: [String: Tensor], _ right: [String: Tensor]) -> Bool {
  left.count == right.count
    && left.allSatisfy { right[$0.key]?.isIdentical(to: $0.value) == true }
}

/// Weights without a network: what is minimised is a term's business.
final class Weights: Layer {
  @Parameter var weight: Tensor
  @Parameter var other: Tensor

  init(_ weight: [Double], other: [Double] = [0.25, -0.5]) {
    _weight = Parameter(wrappedValue: Tensor(weight))
    _other = Parameter(wrappedValue: Tensor(other))
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    Tensor.zeros([input.size(0), 2])
  }

  var scriptSource: String { "return x" }
}

/// A function of ``Weights``.
struct WeightTerm: Term {
  let name = "function"
  let isBoundedBelowByZero = false
  let function: (Weights) throws -> Tensor

  func value(in step: StepContext) throws -> Tensor {
    guard let weights = step.model as? Weights else { return .zeros([]) }
    return try function(weights)
  }
}
