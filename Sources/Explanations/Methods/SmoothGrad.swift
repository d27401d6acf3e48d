import Perturbations
import Torch

/// The mean gradient at noisy copies of the input (Smilkov et al., "SmoothGrad: removing noise by adding
/// noise", 2017).
public struct SmoothGrad: NoisyGradients {
  /// How many copies.
  public var samples: Int
  /// The noise's standard deviation.
  public var deviation: Double
  /// Whether the deviation is a share of the range of each example's values.
  public var isRelative: Bool
  /// Whether the map is the size of the mean.
  public var isAbsolute: Bool
  /// What is added to copies, `[S, …]`, the same for all examples; normal noise is drawn when `nil`.
  public var noise: Tensor?

  /// The method, with the paper's 50 copies and noise of 15 % of the range.
  public init(
    samples: Int = 50, deviation: Double = 0.15, isRelative: Bool = true, isAbsolute: Bool = false,
    noise: Tensor? = nil
  ) {
    self.samples = samples
    self.deviation = deviation
    self.isRelative = isRelative
    self.isAbsolute = isAbsolute
    self.noise = noise
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "smoothgrad", summary: "The mean gradient at noisy copies of the input.",
    kind: .gradients, isSigned: true, cost: "samples forward and backward passes",
    source: "Smilkov et al., 2017")

  /// The settings.
  public static let options =
    noiseOptions(
      samples: \SmoothGrad.samples, deviation: \.deviation, isRelative: \.isRelative)
    + [
      AttributionOption(
        "absolute", \SmoothGrad.isAbsolute, "Sizes; false keeps the signs of the mean.")
    ]

  var needsSpread: Bool { false }

  func map(_ moments: GradientMoments) -> Tensor {
    isAbsolute ? moments.mean.abs() : moments.mean
  }
}
