import Networks
import Perturbations
import Torch

/// Misclassification-aware adversarial training (Wang et al., ICLR 2020, equation 11): a boosted
/// cross-entropy at the worst point of a ball, and the divergence from the clean prediction there,
/// weighted by how wrong the clean prediction is.
public struct MART: Term {
  /// The ascent on the cross-entropy.
  public var ascent: Ascent
  /// The weight λ of the divergence; 5 in the paper.
  public var divergenceWeight = 5.0

  /// The term with an ascent.
  public init(ascent: Ascent) { self.ascent = ascent }

  /// It is.
  public var isMeanOverExamples: Bool { true }
  /// Cross-entropies and divergences are never negative.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the labelled examples.
  public func value(in step: StepContext) throws -> Tensor {
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let labels = step.batch.labels
    let moved = try ascent.run(step, view, purpose: name) {
      $0.crossEntropy(labels, reduction: .none)
    }
    let adversarial = view.logits(
      at: view.carryingHistory(moved), step.pass(updatesStatistics: false))
    return loss(clean: step.logits, adversarial: adversarial, labels: labels)
  }

  /// The loss of logits, its mean over the examples.
  package func loss(clean: Tensor, adversarial: Tensor, labels: Tensor) -> Tensor {
    let isOwn = labels.oneHot(classCount: clean.size(1)).to(.bool)
    let others = adversarial.filled(where: isOwn, with: -.infinity)
    // log(1 - p) of the most likely wrong class: all classes but that one.
    let worst = others.argmax(along: 1).oneHot(classCount: clean.size(1)).to(.bool)
    let rest = adversarial.filled(where: worst, with: -.infinity)
    let margin = adversarial.logSumExp(along: 1) - rest.logSumExp(along: 1)
    let boosted = adversarial.crossEntropy(labels, reduction: .none) + margin
    let own = clean.softmax(along: 1).gathering(labels.unsqueezed(1), along: 1).squeezed(1)
    let divergence = clean.klDivergence(toLogits: adversarial) * (1 - own)
    return boosted.mean() + divergence.mean() * divergenceWeight
  }
}

extension MART: RegisteredTerm {
  static let name = "mart"
  static let options = Ascent.options + ["divergenceWeight"]

  init(_ options: TermOptions) throws(TrainingError) {
    ascent = try Ascent(options, steps: 10, start: .noise(0.001))
    divergenceWeight = try options.notNegative("divergenceWeight", default: 5)
  }
}
