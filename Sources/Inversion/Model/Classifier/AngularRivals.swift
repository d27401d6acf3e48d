import Networks
import Torch
import Training

/// A margin of the angle between the wanted class and its strongest rival:
/// `max(0, max_{j ≠ y} cos θ_j - cos(θ_y + m))`, where θ are the angles between the target's features and its
/// classes' weights.
///
/// `cos(θ + m)` is ArcFace's (`AngularMargin.angle(_:)`), which falls with the angle everywhere.
public struct AngularRivals: Sendable, Equatable {
  /// Which of the two the hinge is on.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// A rival that is nearer than the wanted class is punished.
    case standard
    /// `max(0, cos(m + θ_y) - cos θ_neg)`, as the note prints it: the sign is reversed, and descent moves
    /// away from the wanted class. For showing that.
    case asPrinted
  }

  /// m, in radians.
  public let margin: Double
  /// The sign.
  public let form: Form

  /// The loss.
  ///
  /// - Parameter margin: from 0 to π / 2.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(margin: Double = 0.5, form: Form = .standard) throws(InversionError) {
    guard 0...(Double.pi / 2) ~= margin else {
      throw .setting(name: "margin", value: "\(margin)", allowed: "from 0 to π / 2 radians")
    }
    self.margin = margin
    self.form = form
  }

  /// The loss of each example, `[B]`, not negative.
  ///
  /// - Parameters:
  ///   - cosines: of features with the weights of all classes, `[B, C]` (``cosines(of:with:)``).
  ///   - labels: the wanted classes `[B]`, int64.
  /// - Throws: ``InversionError`` for labels that are no classes.
  public func losses(_ cosines: Tensor, labels: Tensor) throws(InversionError) -> Tensor {
    let answers = try OwnAndRivals(cosines, labels: labels)
    let own = AngularMargin.angle(margin)(answers.own)
    let rival = answers.rivals.top(1, along: 1).values.squeezed(1)
    return form == .standard ? (rival - own).relu() : (own - rival).relu()
  }

  /// The cosines of features `[B, D]` with directions `[C, D]`: `[B, C]`.
  ///
  /// - Throws: ``InversionError/templateWidth(encoder:width:expected:)``.
  public static func cosines(
    of features: Tensor, with directions: Tensor
  ) throws(InversionError) -> Tensor {
    guard features.rank == 2, directions.rank == 2, features.size(1) == directions.size(1) else {
      throw .templateWidth(
        encoder: "directions of classes", width: directions.shape.last ?? 0,
        expected: features.shape.last ?? 0)
    }
    return features.unitRows().linear(directions.to(features.dtype).unitRows())
  }
}
