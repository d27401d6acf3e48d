import Networks
import Perturbations
import Torch

/// Gradient ascent on some loss inside a ball around the features of examples: what adversarial
/// training trains on.
///
/// The network is in evaluation mode, so that an example's perturbation depends neither on the batch
/// it is in nor on dropout.
public struct Ascent: Sendable {
  /// The norm of the ball.
  public var norm: any Norm
  /// The radius, in the unit of the features.
  public var radius: Double
  /// The number of gradient steps, at least 1.
  public var steps: Int
  /// The length of a step.
  public var stepSize: Double
  /// Where it begins.
  public var start: Start

  /// Where an ascent begins.
  public enum Start: Sendable, Equatable {
    /// At the example.
    case center
    /// At a random point of the ball.
    case ball
    /// At the example with normal noise of a deviation.
    case noise(Double)
  }

  /// The last iterates around the features of a view, without history.
  ///
  /// - Parameter loss: one number an example from its logits, `[N]`.
  /// - Throws: `PerturbationError` for a radius that is negative or not finite.
  func run(
    _ step: StepContext, _ view: ExampleView, purpose: String, loss: (Tensor) -> Tensor
  ) throws -> Tensor {
    let ball = try Ball(norm, radius: radius, box: view.box, mask: view.mask)
    let centers = view.features.detached()
    var streams = step.streams(purpose, examples: view.indices)
    var current =
      switch start {
      case .center: centers
      case .ball:
        ball.clip(centers + ball.randomPerturbations(like: centers, streams: &streams))
      case .noise(let deviation):
        ball.clip(
          centers + Tensor.normal(
            Array(centers.shape.dropFirst()), dtype: centers.dtype, perExample: &streams
          ).to(centers.device) * deviation)
      }
    for _ in 0..<steps {
      let (_, gradient) = valueAndGradient(at: current) {
        loss(view.logits(at: $0, .evaluation)).sum()
      }
      let direction = ball.direction(gradient, iterated: steps > 1)
      current = ball.project(current + direction * stepSize, around: centers)
    }
    return current.detached()
  }
}

extension Ascent {
  static let options = ["norm", "radius", "steps", "stepSize"]

  init(
    _ options: TermOptions, steps standard: Int, start: Start
  ) throws(TrainingError) {
    norm = try options.norm()
    radius = try options.notNegative("radius", default: 0.1)
    steps = try options.count("steps", default: standard)
    stepSize =
      try options.positive("stepSize") ?? (steps == 1 ? radius : 2.5 * radius / Double(steps))
    self.start = start
  }
}
