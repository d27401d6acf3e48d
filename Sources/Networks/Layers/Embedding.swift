import Torch

/// A vector for every index: `[…]` (int64) to `[…, D]`.
public final class Embedding: Layer {
  /// The vectors, `[count, D]`.
  @Parameter public var weight: Tensor

  /// A layer with normal vectors.
  public init(
    count: Int, size: Int, standardDeviation: Double = 1, using generator: Generator
  ) {
    _weight = Parameter(
      wrappedValue: .normal(
        [count, size], standardDeviation: standardDeviation, using: generator))
  }

  /// Looks up.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { weight.embedding(input) }

  /// The layer in TorchScript.
  public var scriptSource: String { "return torch.embedding(self.weight, x)" }
}
