import Torch

/// A convolution over images that are padded with something else than zeros: `[N, in, H, W]` to
/// `[N, out, H', W']`.
public final class PaddedConv2D: Layer {
  /// The weight, `[out, in / groups, k, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  package let stride: Int
  package let padding: Int
  package let mode: ConvolutionPadding
  package let groups: Int

  /// A layer with these weights.
  public init(
    weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int, mode: ConvolutionPadding,
    groups: Int = 1
  ) {
    _weight = Parameter(wrappedValue: weight.detached())
    self.bias = bias.map { Parameter(wrappedValue: $0.detached()) }
    self.stride = stride
    self.padding = padding
    self.mode = mode
    self.groups = groups
  }

  /// Pads and applies the convolution.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    mode.padded(input.channelsLast(), by: padding).convolved2D(
      weight, bias: bias?.value, stride: [stride, stride], groups: groups)
  }

  /// The convolution in TorchScript.
  public var scriptSource: String {
    """
    \(mode.script(padding))\
    return torch.conv2d(x, self.weight, \(bias == nil ? "None" : "self.bias"), \
    [\(stride), \(stride)], [0, 0], [1, 1], \(groups))
    """
  }
}
