import Networks
import Perturbations
import Torch

/// The divergence of the prediction at the worst point of a ball from the clean one: the second
/// summand of TRADES (Zhang et al., ICML 2019, equation 5). Its weight is the paper's β, and
/// `cross-entropy` is the first summand.
///
/// The ascent begins at the example with a little noise, since the gradient is exactly zero at the
/// example itself. Gradients flow through both predictions.
public struct TRADES: Term {
  /// The ascent on `KL(clean ‖ perturbed)`.
  public var ascent: Ascent

  /// The term with the ascent of the paper's MNIST experiment.
  public init(ascent: Ascent) { self.ascent = ascent }

  /// It is.
  public var isMeanOverExamples: Bool { true }
  /// A divergence is never negative.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the labelled examples.
  public func value(in step: StepContext) throws -> Tensor {
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let reference = withoutGradients { view.logits(at: view.features, .evaluation) }
    let moved = try ascent.run(step, view, purpose: name) { reference.klDivergence(toLogits: $0) }
    let logits = view.logits(
      at: view.carryingHistory(moved), step.pass(updatesStatistics: false))
    return step.logits.klDivergence(toLogits: logits).mean()
  }
}

extension TRADES: RegisteredTerm {
  static let name = "trades"
  static let options = Ascent.options + ["startDeviation"]

  init(_ options: TermOptions) throws(TrainingError) {
    let deviation = try options.notNegative("startDeviation", default: 0.001)
    ascent = try Ascent(options, steps: 10, start: .noise(deviation))
  }
}
