import Torch

/// The largest absolute change of a feature.
public struct LInf: Norm {
  /// The norm.
  public init() {}

  /// `linf`.
  public var name: String { "linf" }

  /// ``L1``.
  public var dual: any Norm { L1() }

  /// The largest absolute feature of every example.
  public func length(of perturbation: Tensor) -> Tensor {
    perturbation.examplesFlattened.abs().max(along: 1)
  }

  /// Every feature limited to the radius.
  public func project(_ perturbation: Tensor, radius: Double) -> Tensor {
    perturbation.clamped(to: -radius...radius)
  }

  /// Every feature limited to its example's radius.
  public func project(_ perturbation: Tensor, radii: Tensor) -> Tensor {
    let radii = radii.broadcastable(toRank: perturbation.rank)
    return perturbation.clamped(from: -radii, through: radii)
  }

  /// All features by the same amount, but for those that reach their limit first.
  public func shortestStep(along normal: Tensor, by change: Tensor, within room: Room?) -> Tensor {
    guard let room else { return shortestStep(along: normal, by: change) }
    return HyperplaneStep(normal, change, room).evenly()
  }

  /// The sign of every feature.
  public func steepest(_ gradient: Tensor) -> Tensor { gradient.sign() }

  /// Every feature uniformly in the radius.
  public func randomPoints(
    _ shape: [Int], radius: Double, dtype: DType, streams: inout [RandomStream]
  ) -> Tensor {
    Tensor.uniform(shape, in: -radius...radius, dtype: dtype, perExample: &streams)
  }
}
