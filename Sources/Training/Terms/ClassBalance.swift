import Foundation
import Networks
import Torch

/// How far the mean prediction of a batch is from saying every class equally often, in nats:
/// `log K - H(p̄)`, which is `KL(p̄ ‖ uniform)`.
///
/// With few labels, the easiest way to be smooth and sure of oneself is to know the labelled examples
/// by heart and to say one class of all others. Beside ``PredictionEntropy`` this term makes up the
/// mutual information of inputs and predictions (Bridle et al., "Unsupervised classifiers, mutual
/// information and phantom targets", NeurIPS 1991), beside ``VirtualAdversarial`` as well the
/// objective of Hu et al. (ICML 2017). It takes classes to be equally frequent, and batches to be
/// large beside their number.
public struct ClassBalance: Term {
  /// The term.
  public init() {}

  /// A divergence is never negative.
  public var isBoundedBelowByZero: Bool { true }

  /// The divergence of the batch.
  public func value(in step: StepContext) -> Tensor {
    let logits = step.viewLogits
    // The logarithm of the mean probability, so that a class that nobody says stays finite.
    let mean = logits.logSoftmax(along: 1).logSumExp(along: 0) - log(Double(logits.size(0)))
    return (mean.exp() * mean).sum() + log(Double(logits.size(1)))
  }
}

extension ClassBalance: RegisteredTerm {
  static let name = "class-balance"
  init(_ options: TermOptions) throws(TrainingError) { self.init() }
}
