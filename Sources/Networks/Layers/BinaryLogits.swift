import Torch

/// One score f as the two logits `(-f / 2, f / 2)`: the end of a network with one output that tells two
/// classes apart, so that everything that looks at logits can look at it.
///
/// The second class is the one of positive scores. The difference of the logits is f, to the last bit, and the
/// softmax of the logits is the sigmoid of f. Two logits move by the length of f's movement divided by √2.
public final class BinaryLogits: Layer {
  /// The layer.
  public init() {}

  /// Two logits `[N, 2]` of a score `[N, 1]`.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { Self.logits(of: input) }

  /// Two logits `[N, 2]` of a score `[N, 1]`.
  public static func logits(of score: Tensor) -> Tensor {
    Tensor.concatenated([score * -0.5, score * 0.5], along: 1)
  }

  /// The layer in TorchScript.
  public var scriptSource: String { "return torch.cat([x * -0.5, x * 0.5], 1)" }
}
