import Torch

/// The error of a denoised image, weighted so that every noise level counts alike: `L_pixel` of template
/// inversion, Karras et al.'s loss (NeurIPS 2022) as a **mean** over pixels.
///
/// `λ(σ) · mean (D - x)²` with `λ(σ) = (σ² + σ_d²) / (σ σ_d)²`. As a sum it would be as many times larger as
/// there are pixels, and the weights of other losses would mean something else for every size of image.
public struct DenoisingError: Sendable, Equatable {
  /// σ_d: the standard deviation of the data.
  public let dataDeviation: Double

  /// The error.
  ///
  /// - Parameter dataDeviation: positive.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(dataDeviation: Double = 0.5) throws(InversionError) {
    guard dataDeviation > 0, dataDeviation.isFinite else {
      throw .setting(
        name: "deviation of the data", value: "\(dataDeviation)", allowed: "positive and finite")
    }
    self.dataDeviation = dataDeviation
  }

  /// λ at noise levels, of the same shape.
  public func weights(_ sigma: Tensor) -> Tensor {
    let variance = dataDeviation * dataDeviation
    return (sigma.squared() + variance) / (sigma.squared() * variance)
  }

  /// The error of each example, `[B]`.
  ///
  /// - Parameters:
  ///   - denoised: `[B, …]`.
  ///   - clean: the images, of the same shape.
  ///   - sigma: the noise level of each, `[B]`, positive.
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)`` for shapes that do not fit.
  public func losses(_ denoised: Tensor, clean: Tensor, sigma: Tensor) throws(InversionError)
    -> Tensor
  {
    guard denoised.shape == clean.shape, denoised.rank > 1, sigma.shape == [denoised.size(0)] else {
      throw .counts(
        first: "denoised images", count: denoised.shape.first ?? 0, second: "noise levels",
        otherCount: sigma.shape.first ?? 0)
    }
    return weights(sigma) * (denoised - clean).squared().flattened(from: 1).mean(along: 1)
  }
}
