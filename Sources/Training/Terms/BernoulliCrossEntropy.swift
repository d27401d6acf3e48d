import Torch

/// The cross-entropy of labelled examples that can have several labels each: one Bernoulli variable a
/// label, from logits z by `-t log sigmoid(z) - (1 - t) log(1 - sigmoid(z))`, summed over the labels.
public struct BernoulliCrossEntropy: Term {
  /// The term.
  public init() {}

  /// It is.
  public var isMeanOverExamples: Bool { true }
  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }
  /// Labels that do not exclude one another.
  public var outputs: OutputKind? { .labels }
  /// The same for classes.
  public var alternative: String { "use cross-entropy in its place" }

  /// The mean over the batch, in nats; never clipped, so that logits of any size have a gradient.
  public func value(in step: StepContext) -> Tensor { step.batch.crossEntropy(of: step.logits) }
}

extension BernoulliCrossEntropy: RegisteredTerm {
  static let name = "bernoulli-cross-entropy"
  init(_ options: TermOptions) throws(TrainingError) { self.init() }
}
