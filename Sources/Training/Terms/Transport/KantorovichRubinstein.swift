import Torch

/// Minus the Kantorovich-Rubinstein objective: with a 1-Lipschitz network its minimum is minus the
/// Wasserstein-1 distance of the classes (Arjovsky et al., "Wasserstein GAN", ICML 2017; Serrurier et al.,
/// CVPR 2021, equation 1).
///
/// Two classes have one function, several classes or labels one each, whose objectives are averaged
/// (``SignedScores``). Without a bound on the network's slope there is no minimum.
public struct KantorovichRubinstein: Term {
  /// The term.
  public init() {}

  /// It can be as negative as the classes are far apart.
  public var isBoundedBelowByZero: Bool { false }
  /// Classes or labels.
  public var outputs: OutputKind? { nil }

  /// Minus the objective of the batch.
  public func value(in step: StepContext) -> Tensor {
    -SignedScores(step.logits, of: step.batch).kantorovichRubinstein
  }
}

extension KantorovichRubinstein: RegisteredTerm {
  static let name = "kr"
  init(_ options: TermOptions) throws(TrainingError) { self.init() }
}
