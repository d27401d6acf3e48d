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

  /// The sign of every feature.
  public func steepest(_ gradient: Tensor) -> Tensor { gradient.sign() }

  /// Every feature uniformly in the radius.
  public func randomPoints(
    _ shape: [Int], radius: Double, dtype: DType, streams: inout [RandomStream]
  ) -> Tensor {
    Tensor.uniform(shape, in: -radius...radius, dtype: dtype, perExample: &streams)
  }
}
