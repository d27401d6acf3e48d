import Torch

/// The loss of Nguyen et al. (CVPR 2023): `-ℓ_y + λ ‖f - f_reg‖²`. The first summand has no bound below.
public struct LogitFeatureLoss: Sendable, Equatable {
  /// Where `f_reg` comes from.
  public enum Reference: String, Sendable, Codable, CaseIterable {
    /// A draw for each image from the distribution of public features, as in the article.
    case drawn
    /// Their mean, as in the authors' code, which draws and then takes the mean.
    case mean
  }

  /// λ.
  public let weight: Double
  /// Where `f_reg` comes from.
  public let reference: Reference
  /// Whether squares are summed over coordinates, as in the article, or averaged, as in all code.
  public let isSummed: Bool

  /// The loss.
  ///
  /// - Parameter weight: not negative.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(
    weight: Double = 1, reference: Reference = .mean, isSummed: Bool = false
  ) throws(InversionError) {
    guard weight >= 0, weight.isFinite else {
      throw .setting(name: "weight", value: "\(weight)", allowed: "not negative")
    }
    self.weight = weight
    self.reference = reference
    self.isSummed = isSummed
  }

  /// The loss of each example, `[B]`, which may be negative.
  ///
  /// - Parameters:
  ///   - logits: `[B, C]`.
  ///   - features: `[B, D]`.
  ///   - labels: the wanted classes `[B]`, int64.
  ///   - wanted: `f_reg`, `[B, D]` or `[D]`.
  /// - Throws: ``InversionError`` for tensors that do not fit one another.
  public func losses(
    _ logits: Tensor, features: Tensor, labels: Tensor, wanted: Tensor
  ) throws(InversionError) -> Tensor {
    let own = try OwnAndRivals(logits, labels: labels).own
    guard features.rank == 2, wanted.shape.last == features.size(1) else {
      throw .templateWidth(
        encoder: "the target's features", width: features.shape.last ?? 0,
        expected: wanted.shape.last ?? 0)
    }
    let squares = (features - wanted.detached().to(features.dtype)).squared()
    let distance = isSummed ? squares.sum(along: 1) : squares.mean(along: 1)
    return distance * weight - own
  }
}
