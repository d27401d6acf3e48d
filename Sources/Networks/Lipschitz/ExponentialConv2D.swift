import Torch

/// The exponential of a convolution, as the first terms of its series: `[N, C, H, W]` keep their shape.
///
/// ``SkewOrthogonalConv2D`` becomes this when frozen: its kernel is skew, so that the series tends to an
/// orthogonal map.
public final class ExponentialConv2D: Layer {
  /// The kernel, `[C, C, k, k]`, with an odd `k`.
  @Parameter public var weight: Tensor
  /// The bias, `[C]`, added at the end.
  public let bias: Parameter?
  /// The power of the last term.
  package let degree: Int
  package let isCircular: Bool

  /// A layer with these weights.
  public init(weight: Tensor, bias: Tensor?, degree: Int, isCircular: Bool) {
    _weight = Parameter(wrappedValue: weight.detached())
    self.bias = bias.map { Parameter(wrappedValue: $0.detached()) }
    self.degree = degree
    self.isCircular = isCircular
  }

  /// Applies the series.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    Self.exponential(input, weight, bias: bias?.value, degree: degree, isCircular: isCircular)
  }

  static func exponential(
    _ input: Tensor, _ kernel: Tensor, bias: Tensor?, degree: Int, isCircular: Bool
  ) -> Tensor {
    let shape = ConvolutionShape(
      padding: kernel.size(-1) / 2, mode: isCircular ? .circular : .zeros)
    var term = input
    var sum = input
    for power in 1...degree {
      term = shape.apply(kernel, bias: nil, to: term) / power
      sum = sum + term
    }
    return bias.map { sum + $0.reshaped(1, -1, 1, 1) } ?? sum
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    let border = weight.size(-1) / 2
    let zeros = isCircular ? 0 : border
    return """
      total = x
      for power in range(1, \(degree + 1)):
          \(isCircular ? ConvolutionPadding.circular.script(border).trimmedLine : "x = x")
          x = torch.conv2d(x, self.weight, None, [1, 1], [\(zeros), \(zeros)], [1, 1], 1) / power
          total = total + x
      return total\(bias == nil ? "" : " + torch.reshape(self.bias, [1, -1, 1, 1])")
      """
  }
}

extension String {
  /// A single line without its end.
  fileprivate var trimmedLine: Substring { prefix { $0 != "\n" } }
}
