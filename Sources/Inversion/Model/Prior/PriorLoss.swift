import Diffusion
import Torch

/// How far a diffusion prior is from knowing images: `L_prior` of model inversion,
/// `w(q) (λ(σ) mean (D - x)² + c (1 - cos(n, n̂)))`.
///
/// n is the noise that images were given and `n̂ = (x + σn - D) / σ` the noise that the prior finds in them; q is
/// the quantile of the noise level. `λ(σ) = 1 / σ²` makes the first summand the squared error of noise.
public struct PriorLoss: Sendable, Equatable {
  /// How errors are measured.
  public enum Measure: Sendable, Equatable {
    /// By squares.
    case squared
    /// By squares, and by the cosine of noise with a small weight c, from 0 to 0.1.
    case squaredAndCosine(Double)
    /// By the cosine of noise alone, as the note has it. It says nothing of how much noise there is, so that a
    /// prior that was trained by it cannot be sampled from; and its gradient vanishes at the target like that
    /// of squares. For showing that.
    case cosineAlone
  }

  /// How much each noise level counts.
  public let importance: NoiseImportance
  /// How errors are measured.
  public let measure: Measure

  /// The loss.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for a weight of the cosine out of its range.
  public init(
    importance: NoiseImportance = .uniform, measure: Measure = .squared
  ) throws(InversionError) {
    if case .squaredAndCosine(let weight) = measure, !(0...0.1 ~= weight) {
      throw .setting(name: "weight of the cosine", value: "\(weight)", allowed: "from 0 to 0.1")
    }
    self.importance = importance
    self.measure = measure
  }

  /// Images with noise, and what a prior makes of them.
  public struct Guess {
    /// The images without noise, `[B, …]`.
    public let clean: Tensor
    /// The images with noise.
    public let noisy: Tensor
    /// The prior's estimate of the images, with its history.
    public let estimate: Tensor
    /// The noise level σ of each, `[B]`, positive.
    public let level: Tensor
    /// The share of training levels below it, `[B]`.
    public let quantile: Tensor

    /// A guess.
    public init(
      clean: Tensor, noisy: Tensor, estimate: Tensor, level: Tensor, quantile: Tensor
    ) {
      self.clean = clean
      self.noisy = noisy
      self.estimate = estimate
      self.level = level
      self.quantile = quantile
    }
  }

  /// The loss of each image, `[B]`, not negative.
  ///
  /// - Parameter scale: λ, at the noise levels, `[B]`.
  public func losses(_ guess: Guess, scale: Tensor) -> Tensor {
    let type = guess.estimate.dtype
    let squares = (guess.estimate - guess.clean).squared().flattened(from: 1).mean(along: 1)
    let errors = scale.to(type) * squares
    let total =
      switch measure {
      case .squared: errors
      case .squaredAndCosine(let weight): errors + Self.unlikeness(guess) * weight
      case .cosineAlone: Self.unlikeness(guess)
      }
    return importance.weights(atQuantiles: guess.quantile).to(type) * total
  }

  /// One less the cosine of the noise with the noise that was found, `[B]`. The level cancels out.
  private static func unlikeness(_ guess: Guess) -> Tensor {
    let noise = (guess.noisy - guess.clean).flattened(from: 1)
    let found = (guess.noisy - guess.estimate).flattened(from: 1)
    let lengths = (noise.squared().sum(along: 1) * found.squared().sum(along: 1) + 1e-20).sqrt()
    return 1 - (noise * found).sum(along: 1) / lengths
  }
}
