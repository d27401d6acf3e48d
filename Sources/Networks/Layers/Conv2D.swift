import Torch

/// A convolution over images: `[N, in, H, W]` to `[N, out, H', W']`.
public final class Conv2D: Layer {
  /// The weight, `[out, in / groups, k, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  package let stride: Int
  package let padding: Int
  package let dilation: Int
  package let groups: Int

  /// A layer with random weights.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, hasBias: Bool = true,
    initialiser: Initialiser = .torchDefault, using generator: Generator
  ) {
    let shape = [outputs, inputs / groups, kernel, kernel]
    _weight = Parameter(wrappedValue: initialiser.weight(shape, using: generator))
    let fanIn = inputs / groups * kernel * kernel
    bias =
      hasBias
      ? Parameter(wrappedValue: initialiser.bias(outputs, fanIn: fanIn, using: generator)) : nil
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  /// A layer with these weights, `[out, in / groups, k, k]` and `[out]`.
  public init(
    weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) {
    _weight = Parameter(wrappedValue: weight.detached())
    self.bias = bias.map { Parameter(wrappedValue: $0.detached()) }
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  /// Applies the convolution.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.channelsLast().convolved2D(
      weight, bias: bias?.value, stride: [stride, stride], padding: [padding, padding],
      dilation: [dilation, dilation], groups: groups)
  }

  /// The convolution in TorchScript.
  public var scriptSource: String {
    """
    return torch.conv2d(x, self.weight, \(bias == nil ? "None" : "self.bias"), \
    [\(stride), \(stride)], [\(padding), \(padding)], [\(dilation), \(dilation)], \(groups))
    """
  }
}
