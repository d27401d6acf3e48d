import Torch

/// The top-k loss: how far the strongest rivals are before the wanted class,
/// `-ℓ_y + mean of the k largest ℓ_j, j ≠ y` (Diff-MI; with k = 1 the max-margin loss of PLG-MI).
///
/// It falls without bound while the classifier grows more certain, so that its weight must not be learned;
/// ``ClassifierLoss/boundedRivals(_:margin:)`` is for that.
public struct TopRivals: Sendable, Equatable {
  /// What becomes of the k rivals.
  public enum Reduction: String, Sendable, Codable, CaseIterable {
    /// Their mean: every one of them has a gradient.
    case mean
    /// The largest alone, the only reading of the note's "max over the k best" that can be computed. It is the
    /// max-margin loss, whatever k is.
    case max
  }

  /// How many rivals.
  public let count: RivalCount
  /// What becomes of them.
  public let reduction: Reduction

  /// The loss.
  public init(_ count: RivalCount = .adaptive, reduction: Reduction = .mean) {
    self.count = count
    self.reduction = reduction
  }

  /// The loss of each example, `[B]`, which may be negative.
  ///
  /// - Parameters:
  ///   - logits: of the target, `[B, C]`, with their history.
  ///   - labels: the wanted classes `[B]`, int64.
  /// - Throws: ``InversionError`` for labels that are no classes, or more rivals than there are.
  public func losses(_ logits: Tensor, labels: Tensor) throws(InversionError) -> Tensor {
    let answers = try OwnAndRivals(logits, labels: labels)
    let best = answers.rivals.top(try count.count(ofClasses: logits.size(1)), along: 1).values
    let rivals = reduction == .mean ? best.mean(along: 1) : best.select(0, along: 1)
    return rivals - answers.own
  }
}
