import Torch

/// How much each noise level counts in the loss of a prior, beside `λ(σ)`.
///
/// A level is told by its quantile q: the share of training levels below it, so that 1 is all noise.
public enum NoiseImportance: String, Sendable, Codable, CaseIterable {
  /// All levels alike.
  case uniform
  /// 0.5 for q > 0.8, 1.5 for q < 0.2 and 1 between, with mean 1: images are protected where details are
  /// made, at little noise.
  case byNoise
  /// 0.5 for t < 0.2 T and 1.5 for t ≥ 0.8 T, as the note prints it. Low times of a diffusion are little noise,
  /// so that this is the reverse of what the note says of it.
  case byTimeAsPrinted

  /// The weights at some quantiles, of the same shape and type.
  public func weights(atQuantiles quantiles: Tensor) -> Tensor {
    guard self != .uniform else { return .ones(like: quantiles) }
    let low = quantiles.less(than: 0.2).to(quantiles.dtype)
    let high = quantiles.greater(than: 0.8).to(quantiles.dtype)
    return self == .byNoise ? 1 + (low - high) * 0.5 : 1 + (high - low) * 0.5
  }
}
