import Networks
import Torch

/// The entropy of the predictions, in nats: small where the network is sure of itself (Grandvalet and
/// Bengio, NeurIPS 2004). For classes its gradient in a logit is `-p (log p + H)`.
public struct PredictionEntropy: Term {
  /// What is predicted.
  public enum Distribution: String, Sendable, CaseIterable {
    /// One of several classes, by a softmax.
    case categorical
    /// Several labels, each there or not; their entropies are added.
    case bernoulli
  }

  /// What is predicted.
  public var distribution = Distribution.categorical

  /// The entropy of classes.
  public init() {}

  /// It is.
  public var isMeanOverExamples: Bool { true }
  /// Entropies are never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// What the distribution is of.
  public var outputs: OutputKind? { distribution == .categorical ? .classes : .labels }
  /// The option for the other kind.
  public var alternative: String {
    "give it distribution: \(distribution == .categorical ? "bernoulli" : "categorical")"
  }

  /// The mean over the examples, from logarithms of probabilities.
  public func value(in step: StepContext) -> Tensor {
    guard distribution == .categorical else { return step.viewLogits.bernoulliEntropy().mean() }
    let logarithms = step.viewLogits.logSoftmax(along: 1)
    return -(logarithms.exp() * logarithms).sum(along: 1).mean()
  }
}

extension PredictionEntropy: RegisteredTerm {
  static let name = "entropy"
  static let options = ["distribution"]

  init(_ options: TermOptions) throws(TrainingError) {
    distribution = try options.choice("distribution", default: .categorical)
  }
}
