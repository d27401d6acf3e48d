import Torch

/// Every example's features in one dimension: `[N, …]` to `[N, D]`.
public final class Flatten: Layer {
  /// The layer.
  public init() {}

  /// Flattens.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { input.flattened(from: 1) }

  /// The layer in TorchScript.
  public var scriptSource: String { "return torch.flatten(x, 1)" }
}
