import Torch

/// An estimate of clean images, as samplers see it: a function of noisy images and their noise level.
///
/// Samplers work in float64 and hand it float64; it answers in the type of its input. Guidance makes
/// one denoiser of another, so that every sampler can be guided.
public struct Denoiser {
  private let estimate: (_ noisy: Tensor, _ level: Double) throws -> Tensor

  /// A denoiser.
  ///
  /// - Parameter estimate: maps `[N, …]` and the standard deviation of their noise to the mean of the
  ///   clean images given the noisy ones.
  public init(_ estimate: @escaping (_ noisy: Tensor, _ level: Double) throws -> Tensor) {
    self.estimate = estimate
  }

  /// The estimate of clean images.
  public func callAsFunction(_ noisy: Tensor, _ level: Double) throws -> Tensor {
    try estimate(noisy, level)
  }

  /// What is known of images when they are guided.
  public struct Guess {
    /// The estimate of the clean images, with its history from ``noisy``.
    public let estimate: Tensor
    /// The noisy images.
    public let noisy: Tensor
    /// Their noise level.
    public let level: Double
  }

  /// The denoiser of the distribution that is multiplied by a probability:
  /// `D + w σ² ∇ log p(y | x)`, the gradient with respect to the noisy images.
  ///
  /// - Parameters:
  ///   - weight: w; 1 is Bayes' rule.
  ///   - logProbability: `log p(y | ·)` up to a constant, of every image, `[N]`, or summed; any energy
  ///     with the other sign. It may look at the noisy images, or at the estimate, through which the
  ///     gradient then goes.
  public func guided(
    weight: Double = 1, by logProbability: @escaping (Guess) throws -> Tensor
  ) -> Denoiser {
    Denoiser { noisy, level in
      let (answer, slope) = try withGradients(enabled: true) {
        let variable = noisy.variable()
        let estimate = try self(variable, level)
        let value = try logProbability(
          Guess(estimate: estimate, noisy: variable, level: level)
        ).sum()
        guard value.requiresGradient else { return (estimate.detached(), Tensor?.none) }
        return (estimate.detached(), gradient(of: value, withRespectTo: variable))
      }
      return slope.map { answer + $0.to(answer.dtype) * (weight * level * level) } ?? answer
    }
  }

  /// Classifier-free guidance: `w D(x | y) + (1 - w) D(x)` (Ho and Salimans, 2022).
  ///
  /// - Parameter weight: w; 1 is the conditional denoiser, 0 the unconditional one, more exaggerates
  ///   the condition.
  public func guided(weight: Double, awayFrom unconditional: Denoiser) -> Denoiser {
    Denoiser { noisy, level in
      try self(noisy, level) * weight + unconditional(noisy, level) * (1 - weight)
    }
  }
}
