import Networks

/// The additive angular margin of ArcFace: the cross-entropy of `s cos(θ_y + m)` for the own class and `s cos θ_j`
/// for the others, where θ are the angles between an embedding and the classes' directions (Deng et al., CVPR
/// 2019; ``AngularMargin/angle(_:)``).
///
/// For K classes a scale of `(K - 1) / K · ln((K - 1) p / (1 - p))` is the least at which the own class can
/// have the probability p; 64 is for tens of thousands of people, 30 for hundreds.
public final class ArcFace: Term {
  private static let margins = 0...(Double.pi / 2)
  var margin: MarginHead

  /// The term, for an `Encoder`.
  ///
  /// - Parameters:
  ///   - scale: s, positive.
  ///   - margin: m, in radians, from 0 to π / 2, at every step.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(
    scale: Double = 30, margin: MarginRamp = MarginRamp(to: 0.5)
  ) throws(TrainingError) {
    self.margin = try MarginHead(
      Self.name, scale: scale, ramp: margin, margins: Self.margins, unit: "radians")
  }
}

extension ArcFace: MarginTerm {
  static let name = "arcface"
  static func kind(_ margin: Double) -> AngularMargin { .angle(margin) }

  convenience init(_ options: TermOptions) throws(TrainingError) {
    let margin = try MarginHead(
      options, scale: 30, margin: 0.5, margins: Self.margins, unit: "radians")
    try self.init(scale: margin.scale, margin: margin.ramp)
  }
}
