import Perturbations
import Torch

/// The mean square of gradients at noisy copies of the input (Hooker et al., "A benchmark for
/// interpretability methods in deep neural networks", NeurIPS 2019: SG-SQ).
public struct SquareGrad: NoisyGradients {
  /// How many copies.
  public var samples: Int
  /// The noise's standard deviation.
  public var deviation: Double
  /// Whether the deviation is a share of the range of each example's values.
  public var isRelative: Bool
  /// What is added to copies, `[S, …]`, the same for all examples; normal noise is drawn when `nil`.
  public var noise: Tensor?

  /// The method.
  public init(
    samples: Int = 50, deviation: Double = 0.15, isRelative: Bool = true, noise: Tensor? = nil
  ) {
    self.samples = samples
    self.deviation = deviation
    self.isRelative = isRelative
    self.noise = noise
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "squaregrad", summary: "The mean square of gradients at noisy copies of the input.",
    kind: .gradients, isSigned: false, cost: "samples forward and backward passes",
    source: "Hooker et al., NeurIPS 2019")

  /// The settings.
  public static let options = noiseOptions(
    samples: \SquareGrad.samples, deviation: \.deviation, isRelative: \.isRelative)

  func map(_ moments: GradientMoments) -> Tensor {
    moments.mean.squared() + moments.spread / Double(moments.count)
  }
}
