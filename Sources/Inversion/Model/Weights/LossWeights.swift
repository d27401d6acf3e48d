/// The weights of the five losses of model inversion, `L = Σ λ L`.
public struct LossWeights: Sendable, Equatable {
  /// Of `L_prior`.
  public var prior = TermWeighting.fixed(1)
  /// Of `L_cls`.
  public var classifier = TermWeighting.fixed(0.05)
  /// Of `L_id`.
  public var identity = TermWeighting.fixed(0.5)
  /// Of `L_perc`.
  public var perception = TermWeighting.fixed(0.1)
  /// Of `L_reg`, which is never learned: it has no example that it could be uncertain of.
  public var regularisation = TermWeighting.fixed(0.01)

  /// Fixed weights to start from: 1, 0.05, 0.5, 0.1 and 0.01.
  public init() {}

  /// The note's two stages of prior and classifier.
  public static var twoStage: LossWeights {
    var weights = LossWeights()
    (weights.prior, weights.classifier) = (.twoStagePrior, .twoStageClassifier)
    return weights
  }

  /// All learned but that of `L_reg`.
  public static var learned: LossWeights {
    var weights = LossWeights()
    weights.prior = .learned()
    weights.classifier = .learned()
    weights.identity = .learned()
    weights.perception = .learned()
    return weights
  }
}
