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

  private let model: any Layer
  private let objective: Objective
  private let training: Dataset
  private let evaluation: Dataset?
  private let augmentation: Augmentation?
  private let settings: TrainerSettings
  private let context: Context
  private let folder: URL
  private let identity: String
  private let isStopRequested: @Sendable () -> Bool
  private let parameters: [Parameter]
  private var optimiser: any Optimiser
  /// Moves learned weights of terms, which must not decay.
  private var weightOptimiser: any Optimiser
  private var average: ExponentialMovingAverage?
  private var best: Checkpoint.Evaluation?
  private var evaluationsSinceBest = 0

  /// The number of steps of the whole run.
  public let totalSteps: Int
  private let stepsPerEpoch: Int
  private let box: ClosedRange<Double>?

  /// A run.
  ///
  /// - Parameters:
  ///   - folder: where `metrics.csv` and checkpoints go; it must exist.
  ///   - identity: what the run is, such as its recipe; a checkpoint of another is refused.
  ///   - isStopRequested: asked between steps; the run then ends with a checkpoint.
  /// - Throws: ``TrainingError`` when a setting is out of range.
  public init(
    model: any Layer, objective: Objective, training: Dataset, evaluation: Dataset?,
    augmentation: Augmentation? = nil, settings: TrainerSettings, context: Context, folder: URL,
    identity: String, isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws {
    try settings.validate()
    guard settings.batchSize <= training.count else {
      throw TrainingError.setting(
        name: "batchSize", value: "\(settings.batchSize)",
        allowed: "at most the \(training.count) training examples")
    }
    self.model = model
    self.objective = objective
    self.training = training
    self.evaluation = evaluation
    self.augmentation = augmentation
    self.settings = settings
    self.context = context
    self.folder = folder
    self.identity = identity
    self.isStopRequested = isStopRequested
    parameters = model.parameters
    optimiser = settings.optimiser.optimiser(of: parameters)
    var withoutDecay = settings.optimiser
    withoutDecay.weightDecay = 0
    weightOptimiser = withoutDecay.optimiser(of: objective.parameters)
    average = settings.emaDecay.map {
      ExponentialMovingAverage(of: model.parameters, decay: $0)
    }
    box =
      training.range == Dataset.unbounded
      ? nil : Double(training.range.lowerBound)...Double(training.range.upperBound)
    stepsPerEpoch = training.count / settings.batchSize
    totalSteps = settings.steps ?? settings.epochs * stepsPerEpoch
  }

  /// Trains from the newest checkpoint in the folder, or from the start.
  ///
  /// - Throws: ``TrainingError``, what a term throws, or why a file could not be written.
  public func run(progress: (Progress) throws -> Void = { _ in }) throws -> Outcome {
    let (first, log) = try resume()
    var epoch = -1
    var order: [Int] = []
    for step in first..<max(first, totalSteps) {
      if isStopRequested() {
        try checkpoint(step, log)
        return .interrupted
      }
      if let patience = settings.patience, evaluationsSinceBest >= patience {
        try checkpoint(step, log)
        return .stoppedEarly
      }
      if step / stepsPerEpoch != epoch {
        epoch = step / stepsPerEpoch
        var stream = RandomStream(seed: context.seed, purpose: "shuffle", index: UInt64(epoch))
        order = stream.permutation(of: training.count)
      }
      let start = step % stepsPerEpoch * settings.batchSize
      let positions = Array(order[start..<start + settings.batchSize])
      let (loss, values) = try attempt { try update(step, epoch, positions) }
      let accuracy = isEvaluated(step) ? try evaluate() : nil
      try log.append(step: step, values + [accuracy])
      let named = zip(header.dropFirst(), values + [accuracy]).compactMap { name, value in
        value.map { (name: name, value: $0) }
      }
      try progress(
        Progress(
          step: step + 1, totalSteps: totalSteps, loss: loss, accuracy: accuracy, values: named))
      if let accuracy { note(accuracy, at: step) }
      let isLast = step + 1 == totalSteps
      if isLast || (step + 1) % settings.checkpointEvery == 0 { try checkpoint(step + 1, log) }
    }
    return .finished
  }

  /// Runs `body` with the weights that the run ends with: averaged ones where they are kept.
  public func withFinalWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let average else { return try body() }
    return try average.withAverages(body)
  }

  // MARK: Steps

  /// One optimiser step; returns the objective's value and the log's columns.
  private func update(
    _ step: Int, _ epoch: Int, _ positions: [Int]
  ) throws -> (loss: Double, columns: [Double?]) {
    var batch = training.batch(positions)
    if let augmentation {
      batch = try augmentation.apply(to: batch, seed: context.seed, epoch: epoch)
    }
    let state = StepContext(
      model: model, batch: batch, step: step, totalSteps: totalSteps, context: context, box: box)
    let (total, records) = try objective.value(in: state)
    let norms = try gradientNorms(step, state)
    let all = Torch.gradients(
      of: total, withRespectTo: (parameters + objective.parameters).map(\.value))
    guard GradientClipping.norm(of: all).isFinite else {
      throw TrainingError.gradientNotFinite(step: step)
    }
    var gradients = Array(all.prefix(parameters.count))
    if let limit = settings.clipNorm {
      gradients = GradientClipping.byNorm(gradients, limit: limit)
    }
    let rate = settings.learningRate.rate(at: step, of: totalSteps)
    optimiser.step(gradients, learningRate: rate)
    weightOptimiser.step(Array(all.dropFirst(parameters.count)), learningRate: rate)
    average?.update()
    var columns: [Double?] = [rate, total.item]
    for (record, norm) in zip(records, norms) { columns += [record.value, record.weight, norm] }
    return (total.item, columns)
  }

  /// The length of every term's gradient, at the steps at which it is measured.
  private func gradientNorms(_ step: Int, _ state: StepContext) throws -> [Double?] {
    let every = settings.gradientNormEvery
    guard every > 0, step % every == 0 else { return objective.terms.map { _ in nil } }
    return try objective.terms.map { item in
      let value = try item.term.value(in: state)
      guard value.requiresGradient else { return 0 }
      return GradientClipping.norm(
        of: gradients(
          of: value, withRespectTo: model.parameters.map(\.value), retainGraph: true))
    }
  }

  // MARK: Evaluation

  private func isEvaluated(_ step: Int) -> Bool {
    guard evaluation != nil else { return false }
    return step + 1 == totalSteps || (step + 1) % (settings.evaluateEvery ?? stepsPerEpoch) == 0
  }

  private func note(_ accuracy: Double, at step: Int) {
    if accuracy > (best?.accuracy ?? -1) {
      best = Checkpoint.Evaluation(step: step, accuracy: accuracy)
      evaluationsSinceBest = 0
    } else {
      evaluationsSinceBest += 1
    }
  }

  /// The accuracy on the evaluation data, with the final weights of a run that ended now.
  public func evaluate() throws -> Double {
    guard let evaluation else { return .nan }
    return try withFinalWeights {
      try attempt {
        withoutGradients {
          var correct = 0.0
          for start in stride(from: 0, to: evaluation.count, by: 500) {
            let batch = evaluation.batch(Array(start..<min(start + 500, evaluation.count)))
            let predicted = model(batch.inputs).argmax(along: 1)
            correct += predicted.equal(to: batch.labels).to(.float64).sum().item
          }
          return correct / Double(evaluation.count)
        }
      }
    }
  }

  // MARK: Checkpoints

  private var header: [String] {
    ["step", "learning_rate", "loss"]
      + objective.terms.map(\.term.name).flatMap {
        [$0, "\($0).weight", "\($0).gradient_norm"]
      } + ["accuracy"]
  }

  private func resume() throws -> (step: Int, log: MetricsLog) {
    let url = folder.appending(path: "metrics.csv")
    guard let (saved, tensors) = try Checkpoint.latest(in: folder) else {
      return (0, try MetricsLog(url, header: header, resumingAt: nil))
    }
    guard saved.identity == identity else { throw TrainingError.otherRun(path: folder.path) }
    func part(_ prefix: String) -> [String: Tensor] {
      let chosen = tensors.filter { $0.key.hasPrefix(prefix) }
      return Dictionary(
        uniqueKeysWithValues: chosen.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }
    try model.load(part("model."), source: folder.path)
    try check(part("optimiser."), count: parameters.count)
    try check(part("weights."), count: objective.parameters.count)
    optimiser.state = part("optimiser.")
    weightOptimiser.state = part("weights.")
    if average != nil {
      try check(part("average."), count: model.parameters.count, isEmptyAllowed: false)
      average?.state = part("average.")
    }
    for (index, parameter) in objective.parameters.enumerated() {
      if let saved = tensors["objective.\(index)"] { parameter.replace(with: saved.copy()) }
    }
    best = saved.best
    evaluationsSinceBest = saved.evaluationsSinceBest
    return (saved.step, try MetricsLog(url, header: header, resumingAt: saved.metricsLength))
  }

  /// Checks that a saved state has every list of tensors whole: `mean.0`, `mean.1`, …
  private func check(
    _ state: [String: Tensor], count: Int, isEmptyAllowed: Bool = true
  ) throws(TrainingError) {
    let lists = Dictionary(grouping: state.keys.filter { $0.contains(".") }) {
      $0.prefix { $0 != "." }
    }
    let isWhole = lists.allSatisfy { name, keys in
      Set(keys) == Set((0..<count).map { "\(name).\($0)" })
    }
    guard isWhole, isEmptyAllowed || !lists.isEmpty || count == 0 else {
      throw .checkpoint(path: folder.path, reason: "the optimiser's state is not complete")
    }
  }

  private func checkpoint(_ step: Int, _ log: MetricsLog) throws {
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in model.state() { tensors["model.\(name)"] = tensor }
    for (name, tensor) in optimiser.state { tensors["optimiser.\(name)"] = tensor }
    for (name, tensor) in weightOptimiser.state { tensors["weights.\(name)"] = tensor }
    for (name, tensor) in average?.state ?? [:] { tensors["average.\(name)"] = tensor }
    for (index, parameter) in objective.parameters.enumerated() {
      tensors["objective.\(index)"] = parameter.value.detached()
    }
    let checkpoint = Checkpoint(
      step: step, metricsLength: try log.synchronisedLength(), identity: identity, best: best,
      evaluationsSinceBest: evaluationsSinceBest)
    try checkpoint.save(tensors, in: folder, keeping: 2)
  }
}
