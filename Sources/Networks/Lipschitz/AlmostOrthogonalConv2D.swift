import Torch

/// A convolution whose input channels are scaled down until it lengthens nothing: `[N, in, H, W]` to
/// `[N, out, H', W']`.
///
/// Prach and Lampert, "Almost-orthogonal layers for efficient general-purpose Lipschitz networks", ECCV
/// 2022 (AOL): channel `i` of the free kernel is divided by the root of the sum of absolute values of its
/// correlations with all channels. There is nothing to iterate. A stride leaves outputs out, which
/// lengthens nothing.
public final class AlmostOrthogonalConv2D: ConstrainedLayer {
  /// The free kernel, `[out, in, k, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  private let convolution: ConvolutionShape

  /// A layer with a random orthogonal weight.
  ///
  /// - Throws: ``LipschitzError/padding(_:layer:)`` for other padding than zeros and circular.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    mode: ConvolutionPadding = .zeros, hasBias: Bool = true, using generator: Generator
  ) throws(LipschitzError) {
    try LipschitzError.check(mode, padding, layer: "AlmostOrthogonalConv2D")
    _weight = Parameter(
      wrappedValue: Initialiser.orthogonal.weight(
        [outputs, inputs, kernel, kernel], using: generator))
    bias = hasBias ? Parameter(wrappedValue: .zeros([outputs])) : nil
    convolution = ConvolutionShape(stride: stride, padding: padding, mode: mode)
  }

  /// The kernel as it acts now, `[out, in, k, k]`.
  public var shortenedKernel: Tensor {
    withPrecision(.float32, on: weight.device) {
      let correlation = KernelCorrelation.outputs(weight.transposed(0, 1))
      let sums = KernelCorrelation.sums(correlation).sum(along: 1)
      return weight * (sums + 1e-12).rsqrt().reshaped(1, -1, 1, 1)
    }
  }

  /// Applies the convolution.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    convolution.apply(shortenedKernel, bias: bias?.value, to: input)
  }

  /// A plain convolution.
  public func materialised() -> any Layer {
    convolution.layer(shortenedKernel, bias: bias?.value)
  }
}
