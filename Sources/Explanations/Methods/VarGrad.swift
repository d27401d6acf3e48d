import Perturbations
import Torch

/// The variance of gradients at noisy copies of the input (Adebayo et al., "Local explanation methods for
/// deep neural networks lack sensitivity to parameter values", ICLR workshop 2018).
public struct VarGrad: NoisyGradients {
  /// What the sum of squared differences is divided by.
  public enum Divisor: String, Sendable, CaseIterable {
    /// The number of copies less one.
    case unbiased
    /// The number of copies, as captum does.
    case population
  }

  /// How many copies.
  public var samples: Int
  /// The noise's standard deviation.
  public var deviation: Double
  /// Whether the deviation is a share of the range of each example's values.
  public var isRelative: Bool
  /// What the sum of squared differences is divided by.
  public var divisor: Divisor
  /// What is added to copies, `[S, …]`, the same for all examples; normal noise is drawn when `nil`.
  public var noise: Tensor?

  /// The method.
  public init(
    samples: Int = 50, deviation: Double = 0.15, isRelative: Bool = true,
    divisor: Divisor = .unbiased, noise: Tensor? = nil
  ) {
    self.samples = samples
    self.deviation = deviation
    self.isRelative = isRelative
    self.divisor = divisor
    self.noise = noise
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "vargrad", summary: "The variance of gradients at noisy copies of the input.",
    kind: .gradients, isSigned: false, cost: "samples forward and backward passes",
    source: "Adebayo et al., ICLR workshop 2018")

  /// The settings.
  public static let options =
    noiseOptions(samples: \VarGrad.samples, deviation: \.deviation, isRelative: \.isRelative)
    + [
      AttributionOption("divisor", \VarGrad.divisor, "Samples less one, or samples.")
    ]

  func layout(for shape: [Int]) throws -> [Int] {
    let count = noise?.size(0) ?? samples
    guard divisor == .population || count > 1 else {
      throw ExplanationError.samples(method: name, count, needed: 2)
    }
    return shape
  }

  func map(_ moments: GradientMoments) -> Tensor {
    moments.spread / Double(divisor == .unbiased ? moments.count - 1 : moments.count)
  }
}
