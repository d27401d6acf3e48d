import Perturbations
import Torch

/// What consistency methods put between two predictions.
public enum ConsistencyDistance: String, Sendable, CaseIterable {
  /// The squared difference of probabilities, its mean over classes.
  case squaredError = "squared-error"
  /// `KL(target ‖ prediction)`.
  case relativeEntropy = "kl"
  /// The squared difference of the probabilities of labels that do not exclude one another, its mean
  /// over them.
  case bernoulliSquaredError = "bernoulli-squared-error"
  /// The sum over such labels of `KL(target ‖ prediction)`.
  case bernoulliRelativeEntropy = "bernoulli-kl"

  /// What the outputs are taken for.
  public var outputs: OutputKind {
    switch self {
    case .squaredError, .relativeEntropy: .classes
    case .bernoulliSquaredError, .bernoulliRelativeEntropy: .labels
    }
  }

  /// The distance of the same kind for the other outputs, as recipes say it.
  var alternative: String {
    switch self {
    case .squaredError: "give it distance: bernoulli-squared-error"
    case .relativeEntropy: "give it distance: bernoulli-kl"
    case .bernoulliSquaredError: "give it distance: squared-error"
    case .bernoulliRelativeEntropy: "give it distance: kl"
    }
  }

  /// The probabilities of logits `[N, K]`, of the same shape.
  func probabilities(of logits: Tensor) -> Tensor {
    outputs == .classes ? logits.softmax(along: 1) : logits.sigmoid()
  }

  /// The distance of every example, `[N]`, from target probabilities to predicted logits.
  func callAsFunction(from target: Tensor, to logits: Tensor) -> Tensor {
    switch self {
    case .squaredError, .bernoulliSquaredError:
      (target - probabilities(of: logits)).squared().mean(along: 1)
    case .relativeEntropy:
      // The entropy of the target is part of it, so that it is zero where both agree.
      (target * (target.clamped(to: 1e-30...).log() - logits.logSoftmax(along: 1))).sum(along: 1)
    case .bernoulliRelativeEntropy:
      logits.bernoulliCrossEntropy(target) + Self.logarithms(target)
        + Self.logarithms(1 - target)
    }
  }

  /// `Σ p log p` of every example, zero where p is.
  private static func logarithms(_ p: Tensor) -> Tensor {
    (p * p.clamped(to: 1e-30...).log()).sum(along: 1)
  }
}
