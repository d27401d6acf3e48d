import Networks
import Perturbations
import Torch

// Layers that lengthen nothing, whatever their weights: each of them is piecewise a reordering, a
// reflection, a projection or a shift, and continuous.

/// A layer with the bound 1 in the Euclidean norm.
protocol Nonexpansive: LipschitzBounded {}

extension Nonexpansive {
  /// 1.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    return 1
  }
}

extension GroupSort: Nonexpansive {}
extension FullSort: Nonexpansive {}
extension ConcatenatedReLU: Nonexpansive {}
extension HalvesMaxMin: Nonexpansive {}
extension PairsMaxMin: Nonexpansive {}
extension Householder: Nonexpansive {}
extension ScaledAveragePool2D: Nonexpansive {}
extension ScaledL2NormPool2D: Nonexpansive {}
extension InvertibleDownsampling: Nonexpansive {}
extension InvertibleUpsampling: Nonexpansive {}
extension BatchCentring: Nonexpansive {}
extension LayerCentring: Nonexpansive {}

extension PaddedConv2D: LipschitzBounded {
  /// The smallest of the bounds on a convolution with this padding.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    return ConvolutionNorm(
      weight: weight, stride: stride, padding: padding, mode: mode, groups: groups,
      imageSize: Array(inputShape.suffix(2))
    ).upperBound
  }
}
