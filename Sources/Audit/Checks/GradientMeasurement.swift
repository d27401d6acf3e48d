import Perturbations
import Torch

/// What the gradients of a loss say about one example.
struct GradientMeasurement: Sendable {
  /// The steps of the difference quotients, Euclidean, in the data's units.
  static let steps = [0.01, 0.05]

  /// The Euclidean length of the cross-entropy's gradient.
  let norm: Double
  /// The Euclidean length of the margin's gradient.
  let marginNorm: Double
  /// What the loss does along the gradient, divided by what the gradient promises, one for each step;
  /// zero for a gradient that vanishes, none for one so small that rounding drowns the quotient.
  let ratios: [Double]
  /// Whether the probability of the class is one in working precision, so that the loss is zero.
  let isSaturated: Bool
  /// Whether the outputs do not depend on the input as far as gradients are concerned.
  let isInterrupted: Bool
  /// The logit of the class less the largest other one.
  let margin: Double

  /// Measures the examples of a batch.
  static func measure(_ batch: Batch, on target: Target) throws -> [GradientMeasurement] {
    let loss = { (logits: Tensor) in logits.crossEntropy(batch.labels, reduction: .none) }
    var isInterrupted = false
    let (logits, _, gradient) = try target.gradient(at: batch.inputs, repairing: false) { logits in
      isInterrupted = !logits.requiresGradient
      return loss(logits)
    }
    let (_, margins, slope) = try target.gradient(at: batch.inputs, repairing: false) {
      AttackLoss.margin($0, labels: batch.labels, targets: nil)
    }
    let own = logits.softmax(along: 1).gathering(batch.labels.unsqueezed(1), along: 1)
    let saturated = (1 - own).equal(to: 0).squeezed(1).values(as: Bool.self)
    let norms = L2().length(of: gradient).to(.float64)
    let quotients = try quotients(of: loss, along: gradient, norms: norms, batch, target)
    let marginNorms = L2().length(of: slope).values(as: Double.self)
    let distances = margins.values(as: Double.self)
    return norms.values(as: Double.self).enumerated().map { row, norm in
      // Below this the difference quotient is rounding error of float32 losses.
      let ratios = norm == 0 ? steps.map { _ in 0.0 } : quotients.map { $0[row] }
      return GradientMeasurement(
        norm: norm, marginNorm: marginNorms[row],
        ratios: norm == 0 || norm > 1e-4 ? ratios : [], isSaturated: saturated[row],
        isInterrupted: isInterrupted, margin: -distances[row])
    }
  }

  private static func quotients(
    of loss: (Tensor) -> Tensor, along gradient: Tensor, norms: Tensor, _ batch: Batch,
    _ target: Target
  ) throws -> [[Double]] {
    let direction = L2().steepest(gradient.where(gradient.isFinite, else: 0))
    return try steps.map { step in
      try withoutGradients {
        let up = loss(try target.logits(batch.inputs + direction * step)).to(.float64)
        let down = loss(try target.logits(batch.inputs - direction * step)).to(.float64)
        return ((up - down) / (norms * (2 * step))).values(as: Double.self)
      }
    }
  }
}
