import Networks
import Torch

/// The squared length of the gradients of the outputs in the inputs, weighted: what noise on the
/// inputs costs to second order, `tr(Jᵀ Λ J)`.
///
/// With the weights of the divergence `KL` it is the trace of the Gauss-Newton matrix
/// `Jᵀ (diag p - p pᵀ) J = Σ ∇pᵢ ∇pᵢᵀ / pᵢ`, exactly: noise of deviation σ raises the divergence by
/// `σ²/2` times it. With weights 1 on the logits it is the Jacobian's norm (Hoffman et al., "Robust
/// learning with Jacobian regularization", 2019).
///
/// It is computed from one backward pass a class, or estimated by Hutchinson's method: `E ‖∇ Σ ηᵢ √λᵢ
/// fᵢ‖²` over independent η of mean 0 and variance 1. The weights stand inside, as constants.
public struct OutputGradientPenalty: Term {
  /// What the outputs are, and how their gradients are weighted.
  public enum Weights: String, Sendable, CaseIterable {
    /// Logits, weights 1.
    case logits
    /// Probabilities, weights 1: what noise adds to a squared error.
    case squaredError = "squared-error"
    /// Probabilities, weights 1 / pᵢ: what noise adds to `KL`.
    case relativeEntropy = "kl"
    /// Logits of labels that do not exclude one another, weights pᵢ (1 - pᵢ): what noise adds to the
    /// binary cross-entropies.
    case binaryCrossEntropy = "binary-cross-entropy"
  }

  /// The random numbers η of Hutchinson's method, all of variance 1.
  public enum Noise: String, Sendable, CaseIterable {
    /// Plus or minus one: the estimate with the least variance.
    case rademacher
    /// Uniform between -√3 and √3.
    case uniform
    /// Normal.
    case gaussian = "normal"
  }

  /// What is weighted how.
  public var weights = Weights.relativeEntropy
  /// The random numbers.
  public var noise = Noise.rademacher
  /// How many are drawn an example; 0 for the exact trace, with one pass a class.
  public var samples = 1
  /// Whether the weights are constants; otherwise gradients flow through them.
  public var detachesWeights = true

  /// The term with one Rademacher sample.
  public init() {}

  /// A squared length is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// What the weights make of logits.
  public var outputs: OutputKind? {
    switch weights {
    case .logits: nil
    case .squaredError, .relativeEntropy: .classes
    case .binaryCrossEntropy: .labels
    }
  }
  /// The weights for the other kind.
  public var alternative: String {
    "give it weights: \(weights == .binaryCrossEntropy ? "kl" : "binary-cross-entropy"), or logits"
  }

  /// The mean over the examples.
  public func value(in step: StepContext) throws -> Tensor {
    let view = step.view
    let variable = view.features.variable()
    let logits = view.logits(at: variable, step.pass(updatesStatistics: false))
    let outputs = weighted(logits)
    let classes = logits.size(1)
    let directions =
      samples == 0
      ? (0..<classes).map { Tensor.identity(classes, dtype: logits.dtype)[$0].unsqueezed(0) }
      : draws(classes, like: logits, step, view.indices)
    let lengths = directions.map { direction in
      let scalar = (outputs * direction.to(logits.device)).sum()
      let gradient = gradient(of: scalar, withRespectTo: variable, createGraph: true)
      return (view.mask.map { gradient * $0 } ?? gradient).squared().sum()
    }
    let total = lengths.dropFirst().reduce(lengths[0]) { $0 + $1 }
    return total / Double(view.indices.count * max(1, samples))
  }

  /// `√λᵢ fᵢ` for every output, `[N, K]`, with `√λᵢ` a constant where weights are detached.
  func weighted(_ logits: Tensor) -> Tensor {
    func constant(_ weight: Tensor) -> Tensor { detachesWeights ? weight.detached() : weight }
    switch weights {
    case .logits: return logits
    case .squaredError: return logits.softmax(along: 1)
    case .relativeEntropy:
      // ∇p / √p = √p ∇ log p, which stays finite where a probability vanishes.
      let logarithms = logits.logSoftmax(along: 1)
      return constant((logarithms * 0.5).exp()) * logarithms
    case .binaryCrossEntropy:
      let p = logits.sigmoid()
      return constant((p * (1 - p)).clamped(to: 0...).sqrt()) * logits
    }
  }

  func draws(
    _ classes: Int, like logits: Tensor, _ step: StepContext, _ indices: [Int]
  ) -> [Tensor] {
    (0..<samples).map { sample in
      var streams = step.streams("\(name).\(sample)", examples: indices)
      switch noise {
      case .gaussian:
        return Tensor.normal([classes], dtype: logits.dtype, perExample: &streams)
      case .uniform:
        let width = 3.0.squareRoot()
        return Tensor.uniform(
          [classes], in: -width...width, dtype: logits.dtype, perExample: &streams)
      case .rademacher:
        let uniform = Tensor.uniform([classes], dtype: logits.dtype, perExample: &streams)
        return uniform.less(than: 0.5).to(logits.dtype) * 2 - 1
      }
    }
  }
}

extension OutputGradientPenalty: RegisteredTerm {
  static let name = "gradient-penalty"
  static let options = ["weights", "noise", "samples", "detachesWeights"]

  init(_ options: TermOptions) throws(TrainingError) {
    weights = try options.choice("weights", default: .relativeEntropy)
    noise = try options.choice("noise", default: .rademacher)
    samples = try options.count("samples", default: 1, from: 0)
    detachesWeights = try options.flag("detachesWeights", default: true)
  }
}
