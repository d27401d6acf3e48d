import Torch

/// Normalisation over the last dimension, example by example (Ba et al., 2016): `[…, D]`.
public final class LayerNorm: Layer {
  /// The scale of every feature.
  @Parameter public var weight: Tensor
  /// The offset of every feature.
  @Parameter public var bias: Tensor
  private let size: Int
  private let epsilon: Double

  /// A layer with scale 1 and offset 0.
  public init(_ size: Int, epsilon: Double = 1e-5) {
    _weight = Parameter(wrappedValue: .ones([size]))
    _bias = Parameter(wrappedValue: .zeros([size]))
    self.size = size
    self.epsilon = epsilon
  }

  /// Normalises, scales and shifts.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.layerNormalized([size], weight: weight, bias: bias, epsilon: epsilon)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    "return torch.layer_norm(x, [\(size)], self.weight, self.bias, \(epsilon), False)"
  }
}
