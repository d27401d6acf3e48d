import Networks
import Torch

/// Sharpness-aware minimisation: the gradient is taken where the loss is highest within a radius
/// around the weights, to first order, and applied at the weights.
///
/// SAM steps by `ρ g / ‖g‖` over all weights together (Foret et al., ICLR 2021, equation 2). ASAM
/// measures the radius relative to each weight: `ρ T² g / ‖T g‖` with `T = |w| + η` (Kwon et al., ICML
/// 2021, equation 8), which makes it blind to rescaling a layer up and the next one down.
///
/// All weights have part in both, offsets and scales of normalisation included, as in the rule's
/// published form; Kwon et al.'s code measures offsets absolutely.
///
/// The second pass drops the same units as the first and does not move running statistics. A weight
/// decay of the optimiser acts at the weights themselves; the term `weight-penalty` is part of the
/// loss, and so of both passes.
public struct SharpnessAware: Sendable, Codable, Equatable {
  /// The radius ρ in weight space, at least 0.
  public var radius: Double
  /// Whether the radius is relative to each weight (ASAM).
  public var isAdaptive: Bool
  /// ASAM's η, at least 0.
  public var offset: Double

  private enum CodingKeys: String, CodingKey {
    case radius, offset
    case isAdaptive = "adaptive"
  }

  /// Settings; 0.05 is Foret et al.'s radius for CIFAR-10, 0.5 Kwon et al.'s.
  public init(radius: Double? = nil, isAdaptive: Bool = false, offset: Double = 0.01) {
    self.radius = radius ?? (isAdaptive ? 0.5 : 0.05)
    self.isAdaptive = isAdaptive
    self.offset = offset
  }

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      radius: try fields.decodeIfPresent(Double.self, forKey: .radius),
      isAdaptive: try fields.decodeIfPresent(Bool.self, forKey: .isAdaptive) ?? false,
      offset: try fields.decodeIfPresent(Double.self, forKey: .offset) ?? 0.01)
  }

  /// Gradients that are shorter are rounding errors; dividing by their length would overflow float32.
  private static let smallestLength = Double(Float.leastNormalMagnitude)

  /// The weights at which the second gradient is taken, as variables of their own.
  ///
  /// Where a weight has no gradient it stays. A radius of 0 leaves every weight where it is, to the
  /// last bit.
  ///
  /// - Parameter gradients: of the loss at the weights, one for every parameter, of its shape; when
  ///   all are zero there is no direction, and the weights stay.
  public func ascended(_ parameters: [Parameter], gradients: [Tensor]) -> [Tensor] {
    withoutGradients {
      let scales: [Tensor?] = parameters.map {
        isAdaptive ? $0.value.detached().abs() + offset : nil
      }
      let scaled = zip(gradients, scales).map { gradient, scale in
        scale.map { gradient * $0 } ?? gradient
      }
      let length = GradientClipping.norm(of: scaled)
      return parameters.indices.map { index in
        let weight = parameters[index].value.detached()
        guard length >= Self.smallestLength else { return weight.variable() }
        let direction = scales[index].map { scaled[index] * $0 } ?? scaled[index]
        return (weight + direction * (radius / length)).variable()
      }
    }
  }
}
