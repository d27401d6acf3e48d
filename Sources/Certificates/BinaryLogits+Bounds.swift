import Networks
import Perturbations
import Torch

extension BinaryLogits: AffineLayer {
  /// Minus and plus one half.
  public var affineWeight: Tensor { Tensor([-0.5, 0.5] as [Float], shape: [2, 1]) }
  /// None.
  public var affineBias: Tensor? { nil }
}

extension BinaryLogits: LipschitzBounded {
  /// One over the square root of 2.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    return 0.5.squareRoot() * SpectralNorm.slack
  }
}

extension BinaryLogits: IntervalBounded {
  /// Halves are exact.
  public func intervals(_ inputs: Intervals) -> Intervals {
    Intervals(
      lower: Tensor.concatenated([inputs.upper * -0.5, inputs.lower * 0.5], along: 1),
      upper: Tensor.concatenated([inputs.lower * -0.5, inputs.upper * 0.5], along: 1))
  }
}
