import Torch

/// The cross-entropy of the labelled examples.
public struct CrossEntropy: Term {
  private let labelSmoothing: Double

  /// The term.
  ///
  /// - Parameter labelSmoothing: the share of probability spread over all classes, in [0, 1).
  public init(labelSmoothing: Double = 0) { self.labelSmoothing = labelSmoothing }

  /// `cross-entropy`.
  public var name: String { "cross-entropy" }
  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }
  /// The same for labels.
  public var alternative: String {
    "use bernoulli-cross-entropy in its place, or write class numbers [N] where each example has one"
  }

  /// The mean over the batch.
  public func value(in step: StepContext) -> Tensor {
    step.logits.crossEntropy(step.batch.labels, labelSmoothing: labelSmoothing)
  }
}
