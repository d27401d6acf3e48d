import Diffusion
import Torch

/// `L_prior` on an image that is itself what is optimised: `‖D(x + σn; σ) - x‖² / σ²` as a mean over pixels, the
/// squared error of noise of Diff-MI (Li et al., 2024) in the terms of Karras et al. (NeurIPS 2022).
///
/// The gradient goes both through the image and through what the denoiser makes of it.
public struct ImagePrior {
  /// The denoiser, with its condition and guidance.
  public let denoiser: Denoiser
  /// The noise levels that it was trained at, which say what much noise is.
  public let levels: NoiseDistribution
  /// Weight by noise, and measure.
  public let loss: PriorLoss

  /// The loss of images under a prior.
  public init(
    _ denoiser: Denoiser, levels: NoiseDistribution = NoiseDistribution(), loss: PriorLoss
  ) {
    self.denoiser = denoiser
    self.levels = levels
    self.loss = loss
  }

  /// The loss of each image, `[B]`, with its history.
  ///
  /// - Parameters:
  ///   - images: x, `[B, C, H, W]` in -1...1.
  ///   - noise: n, standard normal, of the same shape.
  ///   - level: σ, positive.
  /// - Throws: ``InversionError`` for a level or noise that do not fit; what the denoiser throws.
  public func losses(_ images: Tensor, noise: Tensor, level: Double) throws -> Tensor {
    guard level > 0, level.isFinite else {
      throw InversionError.setting(name: "level", value: "\(level)", allowed: "positive and finite")
    }
    guard images.rank > 1, images.shape == noise.shape else {
      throw InversionError.counts(
        first: "images", count: images.shape.first ?? 0, second: "images of noise",
        otherCount: noise.shape.first ?? 0)
    }
    let noisy = images + noise * level
    let estimate = try denoiser(noisy, level)
    let all = Tensor.full([images.size(0)], level, dtype: .float64)
    return loss.losses(
      PriorLoss.Guess(
        clean: images, noisy: noisy, estimate: estimate, level: all,
        quantile: levels.quantiles(of: all)),
      scale: 1 / all.squared())
  }

  /// The mean loss of images and its gradient with respect to them.
  ///
  /// - Throws: what ``losses(_:noise:level:)`` throws.
  public func meanAndGradient(
    at images: Tensor, noise: Tensor, level: Double
  ) throws -> (value: Tensor, gradient: Tensor) {
    try valueAndGradient(at: images) { try losses($0, noise: noise, level: level).mean() }
  }
}
