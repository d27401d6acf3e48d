import Torch

/// `L_perc` of attributes, layers and diversity, `0.6 L_attr + 0.4 L_layers + 0.1 L_div`.
public struct PerceptualMix: Sendable, Equatable {
  /// The weight of how a face is shown (``AttributeReader/losses(_:sources:)``).
  public let attributes: Double
  /// The weight of the layered distance to the source image (``PerceptualDistance``).
  public let layers: Double
  /// The weight of ``DiversityLoss``.
  public let diversity: Double

  /// The note's weights, with the sign of diversity that it means: `- 0.1` there, of a loss that is itself minus
  /// a variance, rewards images for becoming one.
  public static let standard = PerceptualMix(0.6, 0.4, 0.1)

  private init(_ attributes: Double, _ layers: Double, _ diversity: Double) {
    self.attributes = attributes
    self.layers = layers
    self.diversity = diversity
  }

  /// A mix.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for a weight that is negative.
  public init(attributes: Double, layers: Double, diversity: Double) throws(InversionError) {
    let weights = [("attributes", attributes), ("layers", layers), ("diversity", diversity)]
    for (name, value) in weights where !(value >= 0 && value.isFinite) {
      throw .setting(name: name, value: "\(value)", allowed: "not negative")
    }
    self.init(attributes, layers, diversity)
  }

  /// The weighted sum of values with one element each.
  public func callAsFunction(attributes: Tensor, layers: Tensor, diversity: Tensor) -> Tensor {
    attributes * self.attributes + layers * self.layers + diversity * self.diversity
  }
}
