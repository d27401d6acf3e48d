import Networks
import Perturbations
import Torch

extension Linear: LipschitzBounded {
  /// The largest singular value.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    return SpectralNorm.upperBound(of: weight)
  }
}

extension Conv2D: LipschitzBounded {
  /// The largest singular value for small images, else that of the convolution on a torus that the padded
  /// images fit on, or the bound by duplication.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    return ConvolutionNorm(
      weight: weight, stride: stride, padding: padding, dilation: dilation, groups: groups,
      imageSize: Array(inputShape.suffix(2))
    ).upperBound
  }
}

extension BatchNorm: LipschitzBounded {
  /// The largest scale of a channel.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    affine.scale.abs().max().item * SpectralNorm.slack
  }
}

extension Normalise: LipschitzBounded {
  /// One over the smallest standard deviation.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    (1 / std.to(.float64)).abs().max().item * SpectralNorm.slack
  }
}

extension MaxPool2D: LipschitzBounded {
  /// A maximum moves no more than its window, and a pixel is in `⌈k / s⌉²` windows at most.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    return Double((size + stride - 1) / stride)
  }
}

extension AveragePool2D: LipschitzBounded {
  /// A mean of `k²` pixels moves by a `k`th of its window's length at most, and a pixel is in `⌈k / s⌉²`
  /// windows at most.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    return Double((size + stride - 1) / stride) / Double(size) * SpectralNorm.slack
  }
}

extension GlobalAveragePool: LipschitzBounded {
  /// One over the square root of the number of places.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    return SpectralNorm.slack / Double(inputShape.dropFirst().reduce(1, *)).squareRoot()
  }
}

extension Activation: LipschitzBounded {
  /// The steepest slope; infinite for a function of which nothing is known.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double { curve?.steepestSlope ?? .infinity }
}

extension Flatten: LipschitzBounded {
  /// 1.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double { 1 }
}

extension Dropout: LipschitzBounded {
  /// 1: a finished network drops nothing.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double { 1 }
}

extension GaussianNoiseLayer: LipschitzBounded {
  /// 1: a finished network adds nothing.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double { 1 }
}
