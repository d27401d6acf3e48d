import Foundation
import Torch

/// How much a loss on a denoised image counts at each noise level σ.
///
/// What a network makes of an image under much noise is a mean over all images that it might be: blurred,
/// and the face of nobody. An encoder has nothing to say about it.
public enum NoiseGate: Sendable, Equatable {
  /// The same at all levels.
  case open
  /// `σ_d² / (σ² + σ_d²)`, with σ_d the standard deviation of the data: the share of the image in what the
  /// network sees.
  case share(dataDeviation: Double)
  /// One below a level and zero from there on.
  case below(Double)

  /// The weight at a level.
  public func callAsFunction(_ sigma: Double) -> Double {
    switch self {
    case .open: return 1
    case .share(let deviation):
      let variance = deviation * deviation
      return variance / (sigma * sigma + variance)
    case .below(let level): return sigma < level ? 1 : 0
    }
  }

  /// The weights at the levels of some examples, of the same shape.
  public func callAsFunction(_ sigma: Tensor) -> Tensor {
    switch self {
    case .open: return .ones(like: sigma)
    case .share(let deviation):
      let variance = deviation * deviation
      return variance / (sigma.squared() + variance)
    case .below(let level): return sigma.less(than: level).to(sigma.dtype)
    }
  }
}
