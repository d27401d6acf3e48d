import Datasets
import Networks
import Torch

/// How much the loss of a network rises, at most and to first order, within a radius around its
/// weights: `L(w + ε) - L(w)` with the ε of sharpness-aware minimisation.
///
/// L is the mean cross-entropy of all the examples together, and ε comes from its gradient, so a small
/// rise is that of a flat minimum, not of a small batch (Foret et al., ICLR 2021, equation 1 and
/// section 4.1). For small radii it is `ρ ‖g‖ + ½ ρ² ĝᵀ H ĝ + O(ρ³)`. The adaptive one is blind to
/// rescaling a layer up and the next one down (Kwon et al., ICML 2021, definition 2).
///
/// The network is in evaluation mode: no dropout, running statistics.
public struct Sharpness: Measure {
  /// How the ball around the weights is climbed.
  public let ascent: SharpnessAware
  /// Examples a pass; a matter of memory, not of the result.
  private let batchSize: Int

  /// A measure.
  ///
  /// - Parameters:
  ///   - radius: ρ, in weight space, positive; relative to the weights where it is adaptive.
  ///   - isAdaptive: whether each weight is moved in proportion to its size.
  ///   - offset: what is added to those sizes, at least 0.
  public init(
    radius: Double, isAdaptive: Bool = false, offset: Double = 0, batchSize: Int = 500
  ) {
    ascent = SharpnessAware(radius: radius, isAdaptive: isAdaptive, offset: offset)
    self.batchSize = max(1, batchSize)
  }

  /// `sharpness` or `adaptive-sharpness`.
  public var name: String { ascent.isAdaptive ? "adaptive-sharpness" : "sharpness" }
  /// ρ.
  public var radii: [Double] { [ascent.radius] }
  /// What it is.
  public var title: String {
    "\(ascent.isAdaptive ? "Adaptive sharpness" : "Sharpness"), radius \(ascent.radius)"
  }
  /// Cross-entropy with natural logarithms.
  public var unit: String { "nats" }
  /// A small rise is good.
  public var isLowerBetter: Bool { true }
  /// How it is measured.
  public var method: String {
    """
    The rise of the cross-entropy when the weights are moved by the radius\
    \(ascent.isAdaptive ? ", relative to each weight," : "") along the gradient of the mean over \
    these examples. The interval is over examples, for that direction.
    """
  }

  /// The rise of each example's loss; their mean is the sharpness. Not numbers where the gradient is
  /// not finite, so that there is no direction.
  ///
  /// - Throws: what libtorch reports.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    try attempt {
      let parameters = model.parameters
      let weights = parameters.map { $0.value.variable() }
      return parameters.withValues(weights) {
        let gradients = withGradients(enabled: true) {
          meanGradients(of: model, with: weights, on: data)
        }
        guard GradientClipping.norm(of: gradients).isFinite else {
          return [Double](repeating: .nan, count: data.count)
        }
        let ascended = ascent.ascended(parameters, gradients: gradients)
        return withoutGradients {
          let before = losses(of: model, on: data)
          let after = parameters.withValues(ascended) { losses(of: model, on: data) }
          return zip(before, after).map { $1 - $0 }
        }
      }
    }
  }

  /// The gradient of the mean loss of all examples, summed in double precision.
  private func meanGradients(
    of model: any Layer, with weights: [Tensor], on data: Dataset
  ) -> [Tensor] {
    var sums = weights.map { Tensor.zeros(like: $0.detached()).to(.float64) }
    for batch in batches(of: data) {
      let loss = batch.crossEntropy(of: model(batch.inputs, .evaluation), reduction: .sum)
      for (index, part) in Torch.gradients(of: loss, withRespectTo: weights).enumerated() {
        sums[index] = sums[index] + part.to(.float64)
      }
    }
    return zip(sums, weights).map { ($0 / Double(data.count)).to($1.dtype) }
  }

  private func losses(of model: any Layer, on data: Dataset) -> [Double] {
    batches(of: data).flatMap { batch in
      batch.crossEntropy(of: model(batch.inputs, .evaluation).to(.float64), reduction: .none)
        .values(as: Double.self)
    }
  }

  private func batches(of data: Dataset) -> some Sequence<Batch> {
    stride(from: 0, to: data.count, by: batchSize).lazy.map { start in
      data.batch(Array(start..<Swift.min(start + batchSize, data.count)))
    }
  }
}

extension Sharpness {
  /// The measure with options of a recipe.
  init(_ options: TermOptions, isAdaptive: Bool) throws(TrainingError) {
    self.init(
      radius: try options.number(
        "radius", default: isAdaptive ? 0.5 : 0.05, in: .leastNormalMagnitude...1e6,
        "positive, at most a million"),
      isAdaptive: isAdaptive, offset: try options.notNegative("offset", default: 0))
  }
}
