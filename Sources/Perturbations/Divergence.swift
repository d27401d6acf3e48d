import Torch

/// How far predictions have moved, example by example: from logits to logits, in nats.
public enum Divergence: String, Sendable, Codable, CaseIterable {
  /// `KL(clean ‖ perturbed)`: virtual adversarial training's own (Miyato et al., TPAMI 2019, eq. 5).
  case cleanToPerturbed = "kl"
  /// `KL(perturbed ‖ clean)`.
  case perturbedToClean = "reverse-kl"
  /// The squared distance of the probabilities, summed over classes.
  case squaredError = "squared-error"
  /// The sum over classes of `KL(Bernoulli ‖ Bernoulli)`, for labels that do not exclude one another.
  case bernoulli = "bernoulli-kl"

  /// What the outputs are taken for.
  public var outputs: OutputKind { self == .bernoulli ? .labels : .classes }

  /// What a recipe says in its place for outputs of the other kind.
  public var alternative: String {
    "give it divergence: \(self == .bernoulli ? Self.cleanToPerturbed.rawValue : Self.bernoulli.rawValue)"
  }

  /// The divergence from clean to perturbed predictions of outputs of some kind.
  public static func standard(for outputs: OutputKind) -> Divergence {
    outputs == .classes ? .cleanToPerturbed : .bernoulli
  }

  /// The divergence of every example, `[N]`.
  ///
  /// All of it is computed from logarithms of probabilities, so that confident predictions stay
  /// finite.
  ///
  /// - Parameters:
  ///   - clean: logits `[N, K]`.
  ///   - perturbed: logits of the same shape.
  public func callAsFunction(from clean: Tensor, to perturbed: Tensor) -> Tensor {
    switch self {
    case .cleanToPerturbed: clean.klDivergence(toLogits: perturbed)
    case .perturbedToClean: perturbed.klDivergence(toLogits: clean)
    case .squaredError:
      (clean.softmax(along: 1) - perturbed.softmax(along: 1)).squared().sum(along: 1)
    case .bernoulli: clean.bernoulliDivergence(toLogits: perturbed)
    }
  }
}
