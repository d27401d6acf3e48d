import Torch

/// A convolution that turns and keeps lengths, the exponential of a skew one: `[N, C, H, W]` keep their shape.
///
/// Singla and Feizi, "Skew orthogonal convolutions", ICML 2021 (SOC). The skew kernel is divided by a bound on
/// its norm from above, so that what the series leaves out is at most `1 / (degree + 1)!`, and the same
/// number of terms is used in training and afterwards.
public final class SkewOrthogonalConv2D: ConstrainedLayer {
  /// The free kernel, `[C, C, k, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[C]`, where there is one.
  public let bias: Parameter?
  private let degree: Int
  private let isCircular: Bool

  /// A layer with a random kernel.
  ///
  /// - Parameter degree: the power of the last term; 10 leave 3e-8 out.
  /// - Throws: ``LipschitzError`` for even kernels and for other padding than zeros and circular.
  public init(
    _ channels: Int, kernel: Int = 3, mode: ConvolutionPadding = .zeros, degree: Int = 10,
    hasBias: Bool = true, using generator: Generator
  ) throws(LipschitzError) {
    try LipschitzError.check(mode, kernel / 2, layer: "SkewOrthogonalConv2D")
    guard kernel % 2 == 1 else {
      throw .kernel(kernel, stride: 1, layer: "SkewOrthogonalConv2D", allowed: "odd kernels")
    }
    _weight = Parameter(
      wrappedValue: Initialiser.xavierUniform.weight(
        [channels, channels, kernel, kernel], using: generator))
    bias = hasBias ? Parameter(wrappedValue: .zeros([channels])) : nil
    self.degree = degree
    isCircular = mode == .circular
  }

  /// The skew kernel with a norm of at most 1, `[C, C, k, k]`.
  private var skewKernel: Tensor {
    withPrecision(.float32, on: weight.device) {
      let skew = weight - weight.transposed(0, 1).flipped(2, 3)
      return skew / (KernelCorrelation.squaredNormBound(skew) + 1e-12).sqrt()
    }
  }

  /// Applies the exponential.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    ExponentialConv2D.exponential(
      input, skewKernel, bias: bias?.value, degree: degree, isCircular: isCircular)
  }

  /// A plain series.
  public func materialised() -> any Layer {
    ExponentialConv2D(
      weight: skewKernel, bias: bias?.value, degree: degree, isCircular: isCircular)
  }
}
