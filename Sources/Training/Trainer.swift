import Datasets
import Foundation
import Networks
import Torch

/// Trains a network: batches in a seeded order, an objective, an optimiser, evaluation, checkpoints.
///
/// All randomness is derived from the seed, a purpose and the number of the step, so a run that was
/// killed at any moment and started again ends with the same bits as one that was not, given the
/// same number of intra-operator threads.
public final class Trainer {
  /// What a run tells whoever watches it.
  public struct Progress: Sendable {
    /// Steps done.
    public let step: Int
    /// Steps in all.
    public let totalSteps: Int
    /// The objective's value.
    public let loss: Double
    /// The accuracy, at steps with an evaluation.
    public let accuracy: Double?
    /// Everything that `metrics.csv` has of the step, by the names in its header.
    public let values: [(name: String, value: Double)]
  }

  /// How a run ended.
  public enum Outcome: Sendable, Equatable {
    /// All steps were done.
    case finished
    /// The evaluation did not improve any longer.
    case stoppedEarly
    /// Somebody asked to stop; a checkpoint was written.
    case interrupted
  }

  let model: any Module
  /// The model as it was given: with the same weights, also where layers are not trained.
  let given: any Module
  let objective: Objective
  let training: Dataset
  let unlabelled: Dataset?
  let evaluation: Dataset?
  let augmentation: Augmentation?
  let settings: TrainerSettings
  let context: Context
  let folder: URL
  let identity: String
  private let isStopRequested: @Sendable () -> Bool
  let parameters: [Parameter]
  var optimiser: any Optimiser
  /// Moves learned weights of terms, which must not decay.
  var weightOptimiser: any Optimiser
  var average: WeightAverage?
  var best: Checkpoint.Evaluation?
  var evaluationsSinceBest = 0
  var order: BatchOrder
  var unlabelledOrder: BatchOrder?

  /// The number of steps of the whole run.
  public let totalSteps: Int
  /// Steps of one pass over the unlabelled examples, or over the labelled ones where all have labels.
  public let stepsPerEpoch: Int
  let box: ClosedRange<Double>?

  /// A run.
  ///
  /// - Parameters:
  ///   - model: what is trained: a `Layer` as a rule, any module for terms that work on such.
  ///   - training: the labelled examples.
  ///   - unlabelled: examples whose labels are not looked at, for terms that need none.
  ///   - evaluation: what accuracy is measured on while training.
  ///   - folder: where `metrics.csv` and checkpoints go; it must exist.
  ///   - identity: what the run is, such as its recipe; a checkpoint of another is refused.
  ///   - isStopRequested: asked between steps; the run then ends with a checkpoint.
  /// - Throws: ``TrainingError`` when a setting is out of range, or a term is not for such data.
  public init(
    model: any Module, objective: Objective, training: Dataset, unlabelled: Dataset? = nil,
    evaluation: Dataset?, augmentation: Augmentation? = nil, settings: TrainerSettings,
    context: Context, folder: URL,
    identity: String, isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws {
    try settings.validate()
    try objective.check(training)
    try objective.check(model)
    try Self.checkShards(settings, objective, model, hasUnlabelled: unlabelled != nil)
    try Self.checkGroup(
      context.group, settings, objective, model, hasUnlabelled: unlabelled != nil)
    if !(model is any Layer) { try Self.checkWithoutLayer(objective, evaluation, settings) }
    objective.prepare(for: training, model: model, context: context)
    do {
      try settings.precision?.check(on: context.device)
    } catch {
      throw TrainingError.precision(settings.precision ?? .float32, reason: error.description)
    }
    try Self.check("batchSize", settings.batchSize, training, "training")
    let unlabelledSize = settings.unlabelledBatchSize ?? settings.batchSize
    if let unlabelled {
      try Self.check("unlabelledBatchSize", unlabelledSize, unlabelled, "unlabelled")
    }
    given = model
    (self.model, parameters) = try Self.start(model, settings)
    try Self.checkPrivacy(settings, objective, self.model, hasUnlabelled: unlabelled != nil)
    self.objective = objective
    self.training = training
    self.unlabelled = unlabelled
    self.evaluation = evaluation
    self.augmentation = augmentation
    self.settings = settings
    self.context = context
    self.folder = folder
    self.identity = identity
    self.isStopRequested = isStopRequested
    optimiser = settings.optimiser.optimiser(of: parameters)
    var withoutDecay = settings.optimiser
    withoutDecay.weightDecay = 0
    weightOptimiser = withoutDecay.optimiser(of: objective.parameters)
    box =
      training.range == Dataset.unbounded
      ? nil : Double(training.range.lowerBound)...Double(training.range.upperBound)
    order = BatchOrder(
      count: training.count, batchSize: settings.batchSize, seed: context.seed,
      purpose: "shuffle")
    unlabelledOrder = unlabelled.map {
      BatchOrder(
        count: $0.count, batchSize: unlabelledSize, seed: context.seed,
        purpose: "shuffle.unlabelled")
    }
    stepsPerEpoch = (unlabelledOrder ?? order).stepsPerEpoch
    totalSteps = settings.steps ?? settings.epochs * stepsPerEpoch
    average = WeightAverage(
      of: parameters + objective.termParameters, settings: settings, stepsPerEpoch: stepsPerEpoch,
      totalSteps: totalSteps)
  }

  /// What is not a map of tensors has no outputs to judge.
  private static func checkWithoutLayer(
    _ objective: Objective, _ evaluation: Dataset?, _ settings: TrainerSettings
  ) throws(TrainingError) {
    if let term = objective.terms.map(\.term).first(where: \.needsLayer) {
      throw .needsLayer(term.name)
    }
    if evaluation != nil { throw .needsLayer("evaluation") }
    if settings.reestimatesStatistics { throw .needsLayer("reestimatesStatistics") }
  }

  /// The network with the weights that it starts from and with the layers that are not trained as such, and
  /// the weights that are.
  private static func start(
    _ model: any Module, _ settings: TrainerSettings
  ) throws -> (model: any Module, parameters: [Parameter]) {
    let freeze = settings.freeze ?? 0
    guard settings.initial != nil || freeze > 0 else { return (model, model.parameters) }
    guard let layer = model as? any Layer else {
      throw TrainingError.needsLayer(freeze > 0 ? "freeze" : "initial")
    }
    if let initial = settings.initial { try layer.loadBody(contentsOf: URL(filePath: initial)) }
    guard freeze > 0 else { return (model, model.parameters) }
    guard let (network, trained) = layer.withUntrained(first: freeze) else {
      let count = layer.weightedStages.count
      throw TrainingError.setting(
        name: "freeze", value: "\(freeze)",
        allowed: count > 1
          ? "less than the \(count) layers with weights of the network"
          : "left out for a network whose layers are not known one by one")
    }
    return (network, trained)
  }

  private static func check(
    _ name: String, _ size: Int, _ data: Dataset, _ part: String
  ) throws(TrainingError) {
    guard size > data.count else { return }
    throw .setting(
      name: name, value: "\(size)", allowed: "at most the \(data.count) \(part) examples")
  }

  /// Trains from the newest checkpoint in the folder, or from the start.
  ///
  /// - Throws: ``TrainingError``, what a term throws, or why a file could not be written.
  public func run(progress: (Progress) throws -> Void = { _ in }) throws -> Outcome {
    try context.group?.agree(on: identity, about: "settings or data")
    try receiveCheckpoint()
    let (first, log) = try resume()
    for step in first..<max(first, totalSteps) {
      if try agreesToStop(isStopRequested()) {
        try checkpoint(step, log)
        return .interrupted
      }
      if shouldEnd {
        if settings.reestimatesStatistics { try attempt { try reestimateStatistics() } }
        try checkpoint(step, log)
        return .stoppedEarly
      }
      let (loss, values) = try advance(step)
      let isLast = step + 1 == totalSteps
      // Before the last evaluation: averaged weights are judged with statistics of their own.
      if isLast, settings.reestimatesStatistics { try attempt { try reestimateStatistics() } }
      let accuracy = isEvaluated(step) ? try evaluate() : nil
      try log.append(step: step, values + [accuracy])
      let named = zip(header.dropFirst(), values + [accuracy]).compactMap { name, value in
        value.map { (name: name, value: $0) }
      }
      try progress(
        Progress(
          step: step + 1, totalSteps: totalSteps, loss: loss, accuracy: accuracy, values: named))
      if let accuracy { note(accuracy, at: step) }
      if isLast || (step + 1) % settings.checkpointEvery == 0 { try checkpoint(step + 1, log) }
    }
    try checkWeights()
    return .finished
  }

  /// What is odd about the terms, in a sentence each.
  public var warnings: [String] {
    let isEmulated =
      settings.precision == .bfloat16 && context.device == .cpu && !Precision.isNative
    let slow = "training.precision: this processor emulates bfloat16, which is slower than float32"
    return objective.terms.flatMap(\.term.warnings) + (isEmulated ? [slow] : [])
  }

  private var shouldEnd: Bool {
    if let patience = settings.patience, evaluationsSinceBest >= patience { return true }
    return objective.terms.contains { ($0.term as? any RememberingTerm)?.isFinished == true }
  }

  /// Runs `body` with the weights that the run ends with: averaged ones where they are kept, also of what
  /// terms learned.
  public func withFinalWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let average else { return try body() }
    return try average.withAverages(body)
  }
}
