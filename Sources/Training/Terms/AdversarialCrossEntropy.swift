import Networks
import Perturbations
import Torch

/// The cross-entropy of the labelled examples at the end of an ascent on it inside a ball.
///
/// With many steps and a random start it is the inner maximum of Madry et al. ("Towards deep learning
/// models resistant to adversarial attacks", ICLR 2018, equation 2.1); with one step and no random
/// start it is training on fast gradient examples (Goodfellow et al., ICLR 2015, section 6), which
/// can end in catastrophic overfitting: robust to one step, not to many.
public struct AdversarialCrossEntropy: Term {
  /// The name in logs and recipes.
  public let name: String
  private let norm: any Norm
  private let radius: Double
  private let steps: Int
  private let stepSize: Double
  private let hasRandomStart: Bool

  /// The term.
  ///
  /// - Parameters:
  ///   - radius: of the ball, in the data's units.
  ///   - steps: the number of gradient steps, at least 1.
  ///   - stepSize: the length of a step; the radius for one step and `2.5 radius / steps` for more
  ///     when `nil`.
  ///   - hasRandomStart: whether the ascent begins at a random point of the ball.
  public init(
    name: String, norm: any Norm, radius: Double, steps: Int, stepSize: Double? = nil,
    hasRandomStart: Bool
  ) {
    self.name = name
    self.norm = norm
    self.radius = radius
    self.steps = steps
    self.stepSize = stepSize ?? (steps == 1 ? radius : 2.5 * radius / Double(steps))
    self.hasRandomStart = hasRandomStart
  }

  /// It is.
  public var isMeanOverExamples: Bool { true }
  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the batch. Gradients do not flow through the ascent.
  ///
  /// Where the model is an `EmbeddingClassifier` its vectors are moved, padding is not, and the
  /// gradient reaches the vectors' weights (Miyato et al., "Adversarial training methods for
  /// semi-supervised text classification", ICLR 2017, section 3.1).
  ///
  /// - Throws: `PerturbationError` for a radius that is negative or not finite.
  public func value(in step: StepContext) throws -> Tensor {
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let ascent = Ascent(
      norm: norm, radius: radius, steps: steps, stepSize: stepSize,
      start: hasRandomStart ? .ball : .center)
    let moved = try ascent.run(step, view, purpose: name) {
      $0.crossEntropy(step.batch.labels, reduction: .none)
    }
    let pass = step.pass(updatesStatistics: true)
    return view.logits(at: view.carryingHistory(moved), pass).crossEntropy(step.batch.labels)
  }
}
