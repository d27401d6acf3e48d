import Torch

/// Limits gradients before a step.
public enum GradientClipping {
  /// The Euclidean length of all gradients together, computed in double precision: squares of
  /// float32 gradients vanish below 1e-23 and overflow above 1e19.
  public static func norm(of gradients: [Tensor]) -> Double {
    gradients.map { $0.to(.float64).squared().sum().item }
      .reduce(0, +).squareRoot()
  }

  /// All gradients shortened together to a length, with the direction kept.
  public static func byNorm(_ gradients: [Tensor], limit: Double) -> [Tensor] {
    let length = norm(of: gradients)
    guard length > limit else { return gradients }
    return gradients.map { $0 * (limit / (length + 1e-6)) }
  }

  /// Every element limited on its own.
  public static func byValue(_ gradients: [Tensor], limit: Double) -> [Tensor] {
    gradients.map { $0.clamped(to: -limit...limit) }
  }
}
