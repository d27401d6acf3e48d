import Networks
import Torch

/// How far the template of a reconstruction is from the stolen one: `L_feat` of template inversion.
public enum FeatureLoss: Sendable, Equatable {
  /// `‖f - t‖²`. For templates of length 1 it is `2 (1 - cos)`, so that it differs from ``cosine`` by a
  /// factor alone.
  case squaredDistance
  /// `1 - cos(f, t)`, whatever the lengths.
  case cosine
  /// Near the target and far from others.
  case contrastive(InfoNCE)
  /// Nearer to the target than to all others by a margin.
  case hinge(ContrastiveHinge)

  /// What it is called in results.
  public var name: String {
    switch self {
    case .squaredDistance: "l2"
    case .cosine: "cosine"
    case .contrastive(let loss): "infonce \(loss.temperature)"
    case .hinge(let loss): "hinge \(loss.margin)"
    }
  }

  /// Whether the loss of an example depends on others: on negatives.
  public var hasNegatives: Bool {
    switch self {
    case .squaredDistance, .cosine: false
    case .contrastive, .hinge: true
    }
  }

  /// The loss of each example, `[B]`, not below zero.
  ///
  /// - Parameters:
  ///   - templates: of reconstructions, `[B, D]`, with their history.
  ///   - targets: the stolen templates, `[B, D]`.
  ///   - identities: whose the targets are, B numbers.
  ///   - negatives: other people's templates, for ``contrastive(_:)`` and ``hinge(_:)``; the other targets when `nil`.
  /// - Throws: ``InversionError`` for tensors that do not fit one another.
  public func losses(
    _ templates: Tensor, targets: Tensor, identities: [Int], negatives: Negatives? = nil
  ) throws -> Tensor {
    guard templates.rank == 2, templates.shape == targets.shape else {
      throw InversionError.templateShape(
        encoder: "the loss", shape: templates.shape, images: targets.shape)
    }
    switch self {
    case .squaredDistance: return (templates - targets).squared().sum(along: 1)
    case .cosine:
      return 1 - (templates.unitRows() * targets.unitRows()).sum(along: 1)
    case .contrastive(let loss):
      let others = try negatives ?? Negatives(targets, identities: identities)
      return try loss.losses(
        templates, targets: targets, identities: identities, negatives: others)
    case .hinge(let loss):
      let others = try negatives ?? Negatives(targets, identities: identities)
      return try loss.losses(
        templates, targets: targets, identities: identities, negatives: others)
    }
  }
}
