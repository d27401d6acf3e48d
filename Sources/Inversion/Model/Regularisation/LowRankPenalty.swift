import Diffusion
import Torch

/// The size of low-rank changes, layer by layer: `Σ_l λ_l (‖A_l‖² + ‖B_l‖²)`.
///
/// Half of `‖A‖² + ‖B‖²` is at least the nuclear norm of `B A`, so that changes of low rank cost least. Layers
/// that tell a network whom to draw may change more than others.
public struct LowRankPenalty: Sendable, Equatable {
  /// λ of the layers whose names end so; the first that fits counts.
  public let rules: [Rule]
  /// λ of all other layers.
  public let others: Double

  /// λ of some layers.
  public struct Rule: Sendable, Equatable, Codable {
    /// The end of the layers' names.
    public let suffix: String
    /// λ.
    public let weight: Double

    /// λ of some layers.
    public init(_ suffix: String, _ weight: Double) {
      self.suffix = suffix
      self.weight = weight
    }
  }

  /// 1e-5 for the layers that take in the condition, `affine`, and 1e-4 for all others.
  public static let standard = LowRankPenalty(checked: [Rule("affine", 1e-5)], others: 1e-4)

  private init(checked rules: [Rule], others: Double) {
    self.rules = rules
    self.others = others
  }

  /// A penalty; without rules the same for all layers, as the note had it.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for a weight that is negative.
  public init(rules: [Rule] = [], others: Double) throws(InversionError) {
    for rule in rules + [Rule("others", others)] {
      guard rule.weight >= 0, rule.weight.isFinite else {
        throw .setting(name: rule.suffix, value: "\(rule.weight)", allowed: "not negative")
      }
    }
    self.init(checked: rules, others: others)
  }

  /// λ of a layer.
  public func weight(of layer: String) -> Double {
    rules.first { layer.hasSuffix($0.suffix) }?.weight ?? others
  }

  /// The penalty of adapters, a tensor with one element.
  public func penalty(of adapters: LowRankAdapters) -> Tensor {
    zip(adapters.layers, adapters.adapters).reduce(Tensor.zeros([])) { total, layer in
      let size = layer.1.loraA.squared().sum() + layer.1.loraB.squared().sum()
      return total + size * weight(of: layer.0)
    }
  }
}
