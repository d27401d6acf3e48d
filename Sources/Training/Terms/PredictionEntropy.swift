import Networks
import Torch

/// The entropy of the predictions, in nats: small where the network is sure of itself (Grandvalet and
/// Bengio, NeurIPS 2004). Its gradient in a logit is `-p (log p + H)`.
public struct PredictionEntropy: Term {
  /// The term.
  public init() {}

  /// Entropies are never negative.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the examples, from logarithms of probabilities.
  public func value(in step: StepContext) -> Tensor {
    let logarithms = step.viewLogits.logSoftmax(along: 1)
    return -(logarithms.exp() * logarithms).sum(along: 1).mean()
  }
}

extension PredictionEntropy: RegisteredTerm {
  static let name = "entropy"
  init(_ options: TermOptions) throws(TrainingError) { self.init() }
}
