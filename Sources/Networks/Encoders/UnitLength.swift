import Torch

/// Every example divided by its Euclidean length: `[N, D]` to `[N, D]`.
///
/// A vector shorter than `1e-12` has no direction; it is divided by that number, so that a vector of zeros
/// stays one and can be told from an embedding.
public final class UnitLength: Layer {
  static let shortest = 1e-12

  /// The layer.
  public init() {}

  /// Divides.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { input.unitRows() }

  /// The layer in TorchScript.
  public var scriptSource: String {
    "return x / torch.clamp_min(torch.norm(x, 2, [1], True), \(Self.shortest))"
  }
}

extension Tensor {
  /// Every row `[N, D]` divided by its Euclidean length; rows of zeros stay.
  public func unitRows() -> Tensor {
    self / norm(along: [1], keepingDimensions: true).clamped(to: UnitLength.shortest...)
  }
}
