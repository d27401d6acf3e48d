import Torch

/// A convolution over sequences: `[N, in, L]` to `[N, out, L']`.
public final class Conv1D: Layer {
  /// The weight, `[out, in, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  private let stride: Int
  private let padding: Int

  /// A layer with random weights.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    hasBias: Bool = true, initialiser: Initialiser = .torchDefault, using generator: Generator
  ) {
    let shape = [outputs, inputs, kernel]
    _weight = Parameter(wrappedValue: initialiser.weight(shape, using: generator))
    let fanIn = inputs * kernel
    bias =
      hasBias
      ? Parameter(wrappedValue: initialiser.bias(outputs, fanIn: fanIn, using: generator)) : nil
    self.stride = stride
    self.padding = padding
  }

  /// Applies the convolution.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.convolved1D(weight, bias: bias?.value, stride: stride, padding: padding)
  }

  /// The convolution in TorchScript.
  public var scriptSource: String {
    """
    return torch.conv1d(x, self.weight, \(bias == nil ? "None" : "self.bias"), [\(stride)], \
    [\(padding)])
    """
  }
}
