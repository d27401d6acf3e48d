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

  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the batch. Gradients do not flow through the ascent.
  ///
  /// - Throws: `PerturbationError` for a radius that is negative or not finite.
  public func value(in step: StepContext) throws -> Tensor {
    let ball = try Ball(norm, radius: radius, box: step.box)
    let inputs = ascend(step, ball)
    return step.model(inputs, step.pass(updatesStatistics: true)).crossEntropy(step.batch.labels)
  }

  /// The last iterate, as in the paper; the network is in evaluation mode, so that an example's
  /// perturbation does not depend on the batch it is in.
  private func ascend(_ step: StepContext, _ ball: Ball) -> Tensor {
    let (centers, labels) = (step.batch.inputs, step.batch.labels)
    var current = centers
    if hasRandomStart {
      var streams = step.streams(name)
      current = ball.clip(
        centers + ball.randomPerturbations(like: centers, streams: &streams))
    }
    for _ in 0..<steps {
      let variable = current.variable()
      let losses = step.model(variable, .evaluation).crossEntropy(labels, reduction: .none)
      let gradient = Torch.gradient(of: losses.sum(), withRespectTo: variable)
      let direction = ball.direction(gradient, iterated: steps > 1)
      current = ball.project(current + direction * stepSize, around: centers)
    }
    return current.detached()
  }
}
