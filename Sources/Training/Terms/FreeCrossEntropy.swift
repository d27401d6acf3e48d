import Networks
import Perturbations
import Torch

/// The cross-entropy at a perturbation that goes on from step to step (Shafahi et al., "Adversarial
/// training for free!", NeurIPS 2019). Set the run's `replays` to the paper's m: each batch is then used
/// m times in a row, and the perturbation climbs meanwhile.
///
/// The gradient in the inputs takes a backward pass of its own here; the paper gets it with the
/// weights'.
public final class FreeCrossEntropy: RememberingTerm {
  private let norm: any Norm
  private let radius: Double
  private let stepSize: Double
  private var perturbation: Tensor?
  private var slope: (step: Int, gradient: Tensor)?

  /// A term.
  ///
  /// - Parameters:
  ///   - radius: of the ball, in the unit of the features.
  ///   - stepSize: of the ascent; the radius when `nil`.
  public init(norm: any Norm = LInf(), radius: Double, stepSize: Double? = nil) {
    self.norm = norm
    self.radius = radius
    self.stepSize = stepSize ?? radius
  }

  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the labelled examples.
  ///
  /// - Throws: `PerturbationError` for a radius that is negative or not finite.
  public func value(in step: StepContext) throws -> Tensor {
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let ball = try Ball(norm, radius: radius, box: view.box, mask: view.mask)
    let centers = view.features.detached()
    let moved = ball.project(centers + start(like: centers), around: centers)
    let carried = view.carryingHistory(moved)
    let point = carried.requiresGradient ? carried : carried.variable()
    let loss = view.logits(at: point, step.pass(updatesStatistics: true))
      .crossEntropy(step.batch.labels)
    if slope?.step != step.step {
      let gradient = gradients(of: loss, withRespectTo: [point], retainGraph: true)[0]
      slope = (step.step, gradient.detached())
    }
    return loss
  }

  private func start(like centers: Tensor) -> Tensor {
    guard let perturbation, perturbation.shape == centers.shape else {
      return .zeros(like: centers)
    }
    return perturbation.to(centers.device)
  }

  /// Moves the perturbation.
  public func didUpdate(after step: StepContext) throws {
    guard let slope, slope.step == step.step else { return }
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let ball = try Ball(norm, radius: radius, box: view.box, mask: view.mask)
    let centers = view.features.detached()
    let current = ball.project(centers + start(like: centers), around: centers)
    let direction = ball.direction(slope.gradient, iterated: false)
    perturbation = ball.project(current + direction * stepSize, around: centers) - centers
    self.slope = nil
  }

  /// The perturbation.
  public var state: [String: Tensor] {
    get { perturbation.map { ["perturbation": $0] } ?? [:] }
    set { perturbation = newValue["perturbation"] }
  }
}

extension FreeCrossEntropy: RegisteredTerm {
  static let name = "free-cross-entropy"
  static let options = ["norm", "radius", "stepSize"]

  convenience init(_ options: TermOptions) throws(TrainingError) {
    self.init(
      norm: try options.norm(), radius: try options.notNegative("radius", default: 0.1),
      stepSize: try options.positive("stepSize"))
  }
}
