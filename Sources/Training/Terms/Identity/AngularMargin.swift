import Foundation
import Torch

/// A margin between classes on the sphere: the cosine with the own class is made smaller before the
/// cross-entropy sees it, so that a class has to be clearly the nearest.
public enum AngularMargin: Sendable, Equatable {
  /// `cos(θ + m)` in place of `cos θ`, m in radians, from 0 to π (ArcFace; Deng et al., CVPR 2019).
  ///
  /// Where `θ + m` would be beyond π, `cos θ - m sin m` takes its place, as in the authors' code: it still
  /// falls with the angle, where `cos(θ + m)` would rise again.
  case angle(Double)
  /// `cos θ - m` (CosFace; Wang et al., CVPR 2018).
  case cosine(Double)

  /// What the cosines `[…]` with the own class become.
  ///
  /// Cosines are clamped to ±(1 - 1e-7) before the root of `1 - cos²`, whose slope is infinite at 1; at an
  /// angle of exactly zero nothing is to be gained, and the gradient is that of `cos θ cos m`.
  public func callAsFunction(_ cosines: Tensor) -> Tensor {
    switch self {
    case .cosine(let margin): return cosines - margin
    case .angle(let margin):
      let clamped = cosines.clamped(to: -(1 - 1e-7)...(1 - 1e-7))
      let sines = (1 - clamped.squared()).sqrt()
      let moved = cosines * cos(margin) - sines * sin(margin)
      let isWithin = cosines.greater(than: cos(Double.pi - margin))
      return moved.where(isWithin, else: cosines - margin * sin(Double.pi - margin))
    }
  }

  /// The cross-entropy of each example, `[N]`, of cosines `[N, K]` with every class.
  ///
  /// - Parameters:
  ///   - scale: what cosines are multiplied by, positive.
  ///   - labels: the own classes `[N]`, int64.
  public func losses(_ cosines: Tensor, _ labels: Tensor, scale: Double) -> Tensor {
    let own = labels.unsqueezed(1)
    let moved = self(cosines.gathering(own, along: 1))
    return (cosines.scattering(moved, at: own, along: 1) * scale)
      .crossEntropy(labels, reduction: .none)
  }
}
