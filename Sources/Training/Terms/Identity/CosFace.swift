import Networks

/// The additive cosine margin of CosFace: the cross-entropy of `s (cos θ_y - m)` for the own class and `s cos θ_j`
/// for the others, where θ are the angles between an embedding and the classes' directions (Wang et al., CVPR
/// 2018; ``AngularMargin/cosine(_:)``).
///
/// For K classes a scale of `(K - 1) / K · ln((K - 1) p / (1 - p))` is the least at which the own class can
/// have the probability p; 64 is for tens of thousands of people, 30 for hundreds.
public final class CosFace: Term {
  private static let margins = 0...1.0
  var margin: MarginHead

  /// The term, for an `Encoder`.
  ///
  /// - Parameters:
  ///   - scale: s, positive.
  ///   - margin: m, of the cosine, from 0 to 1, at every step.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(
    scale: Double = 30, margin: MarginRamp = MarginRamp(to: 0.35)
  ) throws(TrainingError) {
    self.margin = try MarginHead(
      Self.name, scale: scale, ramp: margin, margins: Self.margins, unit: "of the cosine")
  }
}

extension CosFace: MarginTerm {
  static let name = "cosface"
  static func kind(_ margin: Double) -> AngularMargin { .cosine(margin) }

  convenience init(_ options: TermOptions) throws(TrainingError) {
    let margin = try MarginHead(
      options, scale: 30, margin: 0.35, margins: Self.margins, unit: "of the cosine")
    try self.init(scale: margin.scale, margin: margin.ramp)
  }
}
