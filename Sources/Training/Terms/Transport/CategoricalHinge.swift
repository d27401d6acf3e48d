import Torch

/// How far the own class is from being a margin ahead of the best other one: `(m - f_y + max_{k ≠ y} fₖ)₊`
/// (Crammer and Singer, JMLR 2001).
public struct CategoricalHinge: Term {
  private let margin: Double

  /// The term.
  ///
  /// - Parameter margin: m, at least 0: a distance of two scores, which is not halved.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a margin that is negative.
  public init(margin: Double) throws(TrainingError) {
    self.margin = try HingeRegularisation(lambda: 1, margin: margin).margin
  }

  /// It is a mean of positive parts.
  public var isBoundedBelowByZero: Bool { true }
  /// The same for labels.
  public var alternative: String { "use hinge in its place, which has one for every label" }

  /// The mean over the batch.
  public func value(in step: StepContext) -> Tensor {
    let isOwn = step.batch.labels.oneHot(classCount: step.logits.size(1)).greater(than: 0)
    let own = step.logits.filled(where: isOwn.not(), with: 0).sum(along: 1)
    let best = step.logits.filled(where: isOwn, with: -.infinity).max(along: 1)
    return (margin - own + best).relu().mean()
  }
}

extension CategoricalHinge: RegisteredTerm {
  static let name = "categorical-hinge"
  static let options = ["margin"]

  init(_ options: TermOptions) throws(TrainingError) {
    try self.init(margin: try options.notNegative("margin", default: 1))
  }
}
