import Torch

/// How far a classifier is from taking an image for a class: `L_cls` of model inversion, on logits.
public enum ClassifierLoss: Sendable, Equatable {
  /// `-log softmax_y` (GMI). Its gradient vanishes where the class is certain.
  case crossEntropy
  /// `-ℓ_y + max_{j ≠ y} ℓ_j` (PLG-MI).
  case maxMargin
  /// `-ℓ_y + mean of the k largest ℓ_j` (Diff-MI).
  case rivals(TopRivals)
  /// `softplus(m - ℓ_y + mean of the k largest ℓ_j)`: the same order of images, but never below zero, so
  /// that its weight can be learned; m is in units of logits.
  case boundedRivals(TopRivals, margin: Double)
  /// The distance in Poincaré's ball from the logits to the class (PPA).
  case poincare(PoincareLoss)

  /// What it is called in results.
  public var name: String {
    switch self {
    case .crossEntropy: "cross-entropy"
    case .maxMargin: "max-margin"
    case .rivals(let rivals): "top-k \(rivals.reduction.rawValue), k \(rivals.count.name)"
    case .boundedRivals(let rivals, let margin):
      "softplus top-k \(rivals.reduction.rawValue), k \(rivals.count.name), margin \(margin)"
    case .poincare: "poincare"
    }
  }

  /// Whether it can never be negative.
  public var isBoundedBelowByZero: Bool {
    switch self {
    case .crossEntropy, .boundedRivals, .poincare: true
    case .maxMargin, .rivals: false
    }
  }

  /// The loss of each example, `[B]`.
  ///
  /// - Parameters:
  ///   - logits: of the target, `[B, C]`, with their history.
  ///   - labels: the wanted classes `[B]`, int64.
  /// - Throws: ``InversionError`` for labels that are no classes, or more rivals than there are.
  public func losses(_ logits: Tensor, labels: Tensor) throws(InversionError) -> Tensor {
    switch self {
    case .crossEntropy:
      let answers = try OwnAndRivals(logits, labels: labels)
      return logits.logSumExp(along: 1) - answers.own
    case .maxMargin: return try TopRivals(.fixed(1)).losses(logits, labels: labels)
    case .rivals(let rivals): return try rivals.losses(logits, labels: labels)
    case .boundedRivals(let rivals, let margin):
      guard margin.isFinite else {
        throw .setting(name: "margin", value: "\(margin)", allowed: "a finite number")
      }
      return (try rivals.losses(logits, labels: labels) + margin).softplus()
    case .poincare(let loss): return try loss.losses(logits, labels: labels)
    }
  }
}
