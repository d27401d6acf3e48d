import Datasets
import Networks
import Torch

/// What a term sees of one training step.
public final class StepContext {
  /// What is trained.
  public let module: any Module
  /// The labelled examples.
  public let batch: Batch
  /// The examples whose labels are not looked at, where there are any.
  public let unlabelled: Batch?
  /// The number of the step, from 0.
  public let step: Int
  /// The number of steps of the run.
  public let totalSteps: Int
  /// The number of times that the examples of ``view`` have been seen, from 0.
  public let epoch: Int
  /// The number of examples that ``view`` is drawn from.
  public let exampleCount: Int
  /// Seed, device and workers.
  public let context: Context
  /// The values that inputs can take; `nil` when there is no limit.
  public let box: ClosedRange<Double>?
  /// How training images are changed at random.
  public let augmentation: Augmentation?
  /// The precision of training passes.
  public let precision: Precision
  /// The number of the part of the batch that ``batch`` is, where a step is computed in parts.
  public let part: Int?
  /// What ``batch`` and ``unlabelled`` are part of, where several processes share a step.
  let share: BatchShare?
  private let movesStatistics: Bool
  private var draws: [String: Pass.Memory] = [:]
  private var sharedValues: [String: Any] = [:]
  private var labelledLogits: Tensor?
  private var labelledActivations: [Tensor]?
  private var unlabelledLogits: Tensor?
  /// What terms measured, by name.
  package private(set) var measurements: [String: Double] = [:]

  /// A step.
  ///
  /// - Parameter movesStatistics: whether running statistics may move; false for the second pass of
  ///   sharpness-aware minimisation.
  package init(
    model: any Module, batch: Batch, unlabelled: Batch? = nil, step: Int = 0, totalSteps: Int = 1,
    epoch: Int = 0, exampleCount: Int? = nil, context: Context, box: ClosedRange<Double>? = nil,
    augmentation: Augmentation? = nil, precision: Precision = .float32,
    movesStatistics: Bool = true, part: Int? = nil, share: BatchShare? = nil
  ) {
    module = model
    self.batch = batch
    self.unlabelled = unlabelled
    self.step = step
    self.totalSteps = totalSteps
    self.epoch = epoch
    self.exampleCount = exampleCount ?? (unlabelled ?? batch).count
    self.context = context
    self.box = box
    self.augmentation = augmentation
    self.precision = precision
    self.movesStatistics = movesStatistics
    self.part = part
    self.share = share
  }

  /// The same step once more, computed anew, without moving running statistics.
  package func again() -> StepContext {
    let other = StepContext(
      model: module, batch: batch, unlabelled: unlabelled, step: step, totalSteps: totalSteps,
      epoch: epoch, exampleCount: exampleCount, context: context, box: box,
      augmentation: augmentation, precision: precision, movesStatistics: false, share: share)
    other.draws = draws
    return other
  }

  /// The step in so many parts of the batch, which do not move running statistics.
  func parts(_ count: Int) -> [StepContext] {
    let size = (batch.count + count - 1) / count
    return stride(from: 0, to: batch.count, by: size).enumerated().map { index, start in
      let rows = start..<min(start + size, batch.count)
      return StepContext(
        model: module, batch: batch.selecting(Array(rows)), step: step, totalSteps: totalSteps,
        epoch: epoch, exampleCount: exampleCount, context: context, box: box,
        augmentation: augmentation, precision: precision, movesStatistics: false, part: index)
    }
  }

  /// How much of the labelled batch ``batch`` is: 1 unless several processes share a step.
  var shareOfBatch: Double { share.map { Double(batch.count) / Double($0.totals[0]) } ?? 1 }

  /// The network that is trained, for terms that need a `Layer`; the trainer refuses those with
  /// anything else.
  public var model: any Layer {
    guard let layer = module as? any Layer else { preconditionFailure("\(module) is no layer") }
    return layer
  }

  /// What several terms of a step share, computed when it is first asked for.
  ///
  /// - Parameter key: a name that no other value of the step has.
  public func shared<Value>(_ key: String, _ make: () throws -> Value) rethrows -> Value {
    if let known = sharedValues[key] as? Value { return known }
    let value = try make()
    sharedValues[key] = value
    return value
  }

  /// A random stream for every labelled example, for one purpose at this step.
  public func streams(_ purpose: String) -> [RandomStream] {
    streams(purpose, examples: batch.indices)
  }

  /// A random stream for each of some examples, for one purpose at this step.
  public func streams(_ purpose: String, examples: [Int]) -> [RandomStream] {
    context.streams("\(purpose).\(step)", examples: examples)
  }

  /// A training pass in the run's precision, whose dropout masks depend on the seed, the step and the
  /// purpose only: all passes of a step with one purpose drop the same units.
  public func pass(updatesStatistics: Bool, purpose: String = "dropout") -> Pass {
    var stream = RandomStream(
      seed: context.seed, purpose: part.map { "\(purpose).part.\($0)" } ?? purpose,
      index: UInt64(step))
    let memory = draws[purpose] ?? Pass.Memory()
    draws[purpose] = memory
    return Pass.training(
      seed: stream.next(), updatesStatistics: updatesStatistics && movesStatistics, memory: memory,
      share: share
    ).with(precision)
  }

  /// The logits of a batch in a training pass; one output for two classes becomes two logits, so that
  /// every term can read it.
  private func run(_ batch: Batch, updatesStatistics: Bool) -> Tensor {
    let pass = pass(updatesStatistics: updatesStatistics)
    let outputs = pass.outputs(of: { model(batch.inputs, pass) }, on: batch.inputs.device)
    return batch.outputs == .classes ? outputs.classLogits(2) : outputs
  }

  /// The logits of the labelled examples in a training pass, computed once a step; this is the pass
  /// that moves running statistics.
  public var logits: Tensor {
    if let labelledLogits { return labelledLogits }
    let logits = run(batch, updatesStatistics: true)
    labelledLogits = logits
    return logits
  }

  /// What every layer of a chain (`Layer/flatStages`) says of the labelled examples in the pass of
  /// ``logits``, with history: the last are the outputs. Of a network that is no chain these alone are known.
  ///
  /// Asked for before ``logits`` it costs no pass of its own.
  public var activations: [Tensor] {
    if let labelledActivations { return labelledActivations }
    let pass = pass(updatesStatistics: labelledLogits == nil)
    var activations: [Tensor] = []
    let outputs = pass.outputs(
      of: {
        model.flatStages.reduce(batch.inputs) { input, stage in
          let output = stage(input, pass)
          activations.append(output)
          return output
        }
      }, on: batch.inputs.device)
    if labelledLogits == nil {
      labelledLogits = batch.outputs == .classes ? outputs.classLogits(2) : outputs
    }
    labelledActivations = activations
    return activations
  }

  /// The examples that smoothness is asked of: the unlabelled ones where there are any, and the
  /// labelled ones otherwise.
  public var view: ExampleView {
    ExampleView(of: unlabelled ?? batch, model: model, box: box)
  }

  /// The logits of the examples of ``view`` in a training pass, computed once a step, with history.
  ///
  /// Unlabelled examples do not move running statistics (Miyato et al., TPAMI 2019).
  public var viewLogits: Tensor {
    guard let unlabelled else { return logits }
    if let unlabelledLogits { return unlabelledLogits }
    let logits = run(unlabelled, updatesStatistics: false)
    unlabelledLogits = logits
    return logits
  }

  /// The examples of ``view`` once more, changed at random in another way.
  ///
  /// They are changed upon the first changes; where nothing is changed at random they are the same.
  public func changedView(_ purpose: String) throws -> ExampleView {
    var batch = unlabelled ?? batch
    if let augmentation {
      var stream = RandomStream(seed: context.seed, purpose: purpose, index: UInt64(step))
      batch = try augmentation.apply(to: batch, seed: stream.next(), epoch: epoch)
    }
    return ExampleView(of: batch, model: model, box: box)
  }

  /// Notes a number for the log; the term must name it in ``Term/measures``.
  public func measure(_ name: String, _ value: Double) { measurements[name] = value }
}
