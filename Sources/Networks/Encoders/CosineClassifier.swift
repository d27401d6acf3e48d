import Torch

/// The cosines of embeddings `[N, D]` with one direction a class: `[N, K]`, in [-1, 1].
///
/// The head of ArcFace and CosFace without scale and margin, which training adds: the nearest direction is
/// the class.
public final class CosineClassifier: Layer {
  /// The directions `[K, D]`, of any length.
  @Parameter public var weight: Tensor

  /// Random directions, normal with standard deviation 0.01, whose lengths do not matter.
  public init(_ embeddingSize: Int, _ classCount: Int, using generator: Generator) {
    _weight = Parameter(
      wrappedValue: .normal([classCount, embeddingSize], standardDeviation: 0.01, using: generator))
  }

  /// These directions, `[K, D]`.
  public init(weight: Tensor) { _weight = Parameter(wrappedValue: weight.detached()) }

  /// The cosines.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.unitRows().linear(weight.to(input.dtype).unitRows())
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    u = x / torch.clamp_min(torch.norm(x, 2, [1], True), \(UnitLength.shortest))
    w = self.weight / torch.clamp_min(torch.norm(self.weight, 2, [1], True), \(UnitLength.shortest))
    return torch.linear(u, w, None)
    """
  }
}
