import Torch

/// An affine map of the last dimension: `[…, in]` to `[…, out]`.
public final class Linear: Layer {
  /// The weight, `[out, in]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?

  /// A layer with random weights.
  public init(
    _ inputs: Int, _ outputs: Int, hasBias: Bool = true, initialiser: Initialiser = .torchDefault,
    using generator: Generator
  ) {
    _weight = Parameter(wrappedValue: initialiser.weight([outputs, inputs], using: generator))
    bias =
      hasBias
      ? Parameter(wrappedValue: initialiser.bias(outputs, fanIn: inputs, using: generator)) : nil
  }

  /// A layer with these weights, `[out, in]` and `[out]`.
  public init(weight: Tensor, bias: Tensor?) {
    _weight = Parameter(wrappedValue: weight.detached())
    self.bias = bias.map { Parameter(wrappedValue: $0.detached()) }
  }

  /// Applies the map.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.linear(weight, bias: bias?.value)
  }

  /// The map in TorchScript.
  public var scriptSource: String {
    "return torch.linear(x, self.weight, \(bias == nil ? "None" : "self.bias"))"
  }
}
