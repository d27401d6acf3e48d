import Perturbations
import Torch

/// What consistency methods put between two predictions.
public enum ConsistencyDistance: String, Sendable, CaseIterable {
  /// The squared difference of probabilities, its mean over classes.
  case squaredError = "squared-error"
  /// `KL(target ‖ prediction)`.
  case relativeEntropy = "kl"

  /// The distance of every example, `[N]`, from target probabilities to predicted logits.
  func callAsFunction(from target: Tensor, to logits: Tensor) -> Tensor {
    switch self {
    case .squaredError: (target - logits.softmax(along: 1)).squared().mean(along: 1)
    case .relativeEntropy:
      // The entropy of the target is part of it, so that it is zero where both agree.
      (target * (target.clamped(to: 1e-30...).log() - logits.logSoftmax(along: 1))).sum(along: 1)
    }
  }
}
