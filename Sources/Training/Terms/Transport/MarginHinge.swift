import Torch

/// The hinge of hKR alone: how far scores are from being a margin on their right side (Serrurier et
/// al., CVPR 2021, equation 6).
public struct MarginHinge: Term {
  private let margin: Double

  /// The term.
  ///
  /// - Parameter margin: m, which is half of what libraries call the minimal margin; at least 0, in the unit
  ///   of the inputs.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a margin that is negative.
  public init(margin: Double) throws(TrainingError) {
    self.margin = try HingeRegularisation(lambda: 1, margin: margin).margin
  }

  /// It is a mean of positive parts.
  public var isBoundedBelowByZero: Bool { true }
  /// Classes or labels.
  public var outputs: OutputKind? { nil }

  /// The mean over the batch.
  public func value(in step: StepContext) -> Tensor {
    SignedScores(step.logits, of: step.batch).hinge(margin: margin)
  }
}

extension MarginHinge: RegisteredTerm {
  static let name = "hinge"
  static let options = ["margin"]

  init(_ options: TermOptions) throws(TrainingError) {
    try self.init(margin: try options.notNegative("margin", default: 0.5))
  }
}
