import Foundation
import Torch

/// The Euclidean length.
public struct L2: Norm {
  /// The norm.
  public init() {}

  /// `l2`.
  public var name: String { "l2" }

  /// The norm itself.
  public var dual: any Norm { self }

  /// The Euclidean length of every example.
  public func length(of perturbation: Tensor) -> Tensor {
    // Divided by the largest feature first: the squares of tiny gradients underflow in float32.
    let flat = perturbation.examplesFlattened
    let scale = flat.abs().max(along: 1, keepingDimensions: true)
    let safe = scale + scale.equal(to: 0).to(scale.dtype)
    return (flat / safe).norm(order: 2, along: [1]) * scale.squeezed(1)
  }

  /// Longer perturbations shortened to the radius.
  public func project(_ perturbation: Tensor, radius: Double) -> Tensor {
    let length = length(of: perturbation).broadcastable(toRank: perturbation.rank)
    // Where nothing is to be shortened the factor is 1, also at length and radius 0.
    let isLonger = length.greater(than: radius)
    let factor = (radius / length).where(isLonger, else: 1)
    return perturbation * factor
  }

  /// Perturbations longer than their radius shortened to it.
  public func project(_ perturbation: Tensor, radii: Tensor) -> Tensor {
    let length = length(of: perturbation)
    let factor = (radii / length).where(length.greater(than: radii), else: 1)
    return perturbation * factor.broadcastable(toRank: perturbation.rank)
  }

  /// Along the normal, but for features that reach their limit first.
  public func shortestStep(along normal: Tensor, by change: Tensor, within room: Room?) -> Tensor {
    guard let room else { return shortestStep(along: normal, by: change) }
    return HyperplaneStep(normal, change, room).proportionally()
  }

  /// The gradient at length 1.
  public func steepest(_ gradient: Tensor) -> Tensor {
    let length = length(of: gradient).broadcastable(toRank: gradient.rank)
    return gradient / (length + length.equal(to: 0).to(length.dtype))
  }

  /// A normal direction at a radius drawn as the `d`-th root of a uniform number.
  public func randomPoints(
    _ shape: [Int], radius: Double, dtype: DType, streams: inout [RandomStream]
  ) -> Tensor {
    let direction = steepest(Tensor.normal(shape, dtype: dtype, perExample: &streams))
    let exponent = 1 / Double(max(1, shape.reduce(1, *)))
    let radii = streams.indices.map { radius * Foundation.pow(streams[$0].uniform(), exponent) }
    return direction * Tensor(radii).to(dtype).broadcastable(toRank: shape.count + 1)
  }
}
