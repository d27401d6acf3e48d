import Torch

/// The distance in Poincaré's ball between logits of length 1 in the 1-norm, `u = ℓ / ‖ℓ‖₁`, and the class,
/// `v = max(1_y - ξ, 0)`: `arccosh(1 + 2 ‖u - v‖² / ((1 - ‖u‖²) (1 - ‖v‖²)))`
/// (Struppek et al., "Plug and play attacks", ICML 2022).
///
/// Where one logit outweighs all others, `1 - ‖u‖²` is zero and the published loss infinite; here it is kept
/// from falling below ``floor``.
public struct PoincareLoss: Sendable, Equatable {
  /// ξ: how far from the edge of the ball the class is.
  public let shift: Double
  /// The least that `1 - ‖u‖²` is taken for.
  public let floor: Double

  /// The loss.
  ///
  /// - Parameters:
  ///   - shift: above 0 and below 1; 1e-4 is the authors'.
  ///   - floor: above 0 and below 1.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(shift: Double = 1e-4, floor: Double = 1e-5) throws(InversionError) {
    for (name, value) in [("shift", shift), ("floor", floor)] {
      guard value > 0, value < 1 else {
        throw .setting(name: name, value: "\(value)", allowed: "above 0 and below 1")
      }
    }
    self.shift = shift
    self.floor = floor
  }

  /// The loss of each example, `[B]`, not negative.
  ///
  /// - Throws: ``InversionError`` for labels that are no classes.
  public func losses(_ logits: Tensor, labels: Tensor) throws(InversionError) -> Tensor {
    _ = try OwnAndRivals(logits, labels: labels)
    let lengths = logits.abs().sum(along: 1, keepingDimensions: true)
    let point = logits / lengths.clamped(to: 1e-12...)
    let wanted =
      labels.to(logits.device).oneHot(classCount: logits.size(1)).to(logits.dtype) * (1 - shift)
    let room = (1 - point.squared().sum(along: 1)).clamped(to: floor...)
    let roomOfClass = 1 - (1 - shift) * (1 - shift)
    let excess = (point - wanted).squared().sum(along: 1) * 2 / (room * roomOfClass)
    // arccosh(1 + e) without the loss of digits of 1 + e.
    return (excess + (excess * (excess + 2)).sqrt()).log1p()
  }
}
