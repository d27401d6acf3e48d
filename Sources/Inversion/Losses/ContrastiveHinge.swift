import Networks
import Torch

/// A hinge on cosines of templates: `max(0, m + max_j cos(f, t_j) - cos(f, t))`, where t is the target and t_j are
/// templates of other people. A triplet loss on the hardest negative; not ArcFace, whose margin is an angle.
///
/// It is exactly flat where the target is nearer than every other by the margin.
public struct ContrastiveHinge: Sendable, Equatable {
  /// m, in units of the cosine.
  public let margin: Double

  /// The loss.
  ///
  /// - Parameter margin: from 0 to 2; 0.2 to 0.4 are usual.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(margin: Double = 0.3) throws(InversionError) {
    guard 0...2 ~= margin else {
      throw .setting(name: "margin", value: "\(margin)", allowed: "from 0 to 2, of the cosine")
    }
    self.margin = margin
  }

  /// The loss of each example, `[B]`; zero where there is no negative.
  ///
  /// - Parameters:
  ///   - templates: of reconstructions, `[B, D]`.
  ///   - targets: `[B, D]`.
  ///   - identities: whose the targets are, B numbers; negatives of the own identity do not count.
  ///   - negatives: what templates are to be unlike.
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``,
  ///   ``InversionError/templateWidth(encoder:width:expected:)``.
  public func losses(
    _ templates: Tensor, targets: Tensor, identities: [Int], negatives: Negatives
  ) throws(InversionError) -> Tensor {
    let (positive, others) = try negatives.cosines(
      of: templates, targets: targets, identities: identities)
    guard negatives.count > 0 else { return positive - positive }
    // Minus infinity where all negatives are of the own identity: relu makes it zero.
    let nearest = others.top(1, along: 1).values.squeezed(1)
    return (nearest - positive + margin).relu()
  }
}
