import Networks
import Torch

/// One summand of what is minimised.
///
/// To add a term, write it in a file of its own and name it in ``TermRegistry``.
public protocol Term {
  /// The name in logs and recipes.
  var name: String { get }
  /// Whether the value can never be negative, so that its weight may be learned.
  var isBoundedBelowByZero: Bool { get }
  /// The value, a tensor with one element, with its history.
  func value(in step: StepContext) throws -> Tensor
}

/// What a term sees of one training step.
public final class StepContext {
  /// The network that is trained.
  public let model: any Layer
  /// The labelled examples.
  public let batch: Batch
  /// The examples whose labels are not looked at, where there are any.
  public let unlabelled: Batch?
  /// The number of the step, from 0.
  public let step: Int
  /// The number of steps of the run.
  public let totalSteps: Int
  /// Seed, device and workers.
  public let context: Context
  /// The values that inputs can take; `nil` when there is no limit.
  public let box: ClosedRange<Double>?
  private var cleanLogits: Tensor?

  init(
    model: any Layer, batch: Batch, unlabelled: Batch? = nil, step: Int, totalSteps: Int,
    context: Context, box: ClosedRange<Double>? = nil
  ) {
    self.model = model
    self.batch = batch
    self.unlabelled = unlabelled
    self.step = step
    self.totalSteps = totalSteps
    self.context = context
    self.box = box
  }

  /// A random stream for every labelled example, for one purpose at this step.
  public func streams(_ purpose: String) -> [RandomStream] {
    context.streams("\(purpose).\(step)", examples: batch.indices)
  }

  /// A training pass whose dropout masks depend on the seed and the step only: all passes of a step
  /// drop the same units.
  public func pass(updatesStatistics: Bool) -> Pass {
    var stream = RandomStream(seed: context.seed, purpose: "dropout", index: UInt64(step))
    return .training(seed: stream.next(), updatesStatistics: updatesStatistics)
  }

  /// The logits of the labelled examples in a training pass, computed once a step; this is the pass
  /// that moves running statistics.
  public var logits: Tensor {
    if let cleanLogits { return cleanLogits }
    let logits = model(batch.inputs, pass(updatesStatistics: true))
    cleanLogits = logits
    return logits
  }
}
