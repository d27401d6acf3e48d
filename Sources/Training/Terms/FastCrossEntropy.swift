import Networks
import Perturbations
import Torch

/// The cross-entropy after one long gradient step from a random point of the ball (Wong, Rice and
/// Kolter, "Fast is better than free", ICLR 2020), with a guard.
///
/// Training on single steps can collapse within a few hundred steps: perfect against single steps,
/// helpless against several (catastrophic overfitting). So now and then the batch is attacked with
/// several steps. When the accuracy there falls far below the best so far, the run stops with the
/// weights of the last check that was well.
public final class FastCrossEntropy: RememberingTerm {
  /// The single step.
  private let ascent: Ascent
  /// Steps between checks; 0 for none.
  private let guardEvery: Int
  /// The gradient steps of a check.
  private let guardSteps: Int
  /// By how much accuracy may fall.
  private let guardDrop: Double
  private var best = 0.0
  private var goodWeights: [Tensor] = []
  private var collapsed = false

  /// A term.
  ///
  /// - Parameters:
  ///   - radius: of the ball, in the unit of the features.
  ///   - stepSize: 1.25 radii when `nil`, as in the paper.
  ///   - guardEvery: steps between checks; 0 for none.
  ///   - guardSteps: gradient steps of a check.
  ///   - guardDrop: by how much accuracy may fall below the best, from 0 to 1.
  public init(
    norm: any Norm = LInf(), radius: Double, stepSize: Double? = nil, guardEvery: Int = 100,
    guardSteps: Int = 10, guardDrop: Double = 0.2
  ) {
    ascent = Ascent(
      norm: norm, radius: radius, steps: 1, stepSize: stepSize ?? 1.25 * radius, start: .ball)
    self.guardEvery = guardEvery
    self.guardSteps = guardSteps
    self.guardDrop = guardDrop
  }

  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }
  /// The accuracy under several steps, at checks.
  public var measures: [String] { guardEvery > 0 ? ["guard_accuracy"] : [] }
  /// Whether training collapsed.
  public var isFinished: Bool { collapsed }

  /// The mean over the labelled examples.
  public func value(in step: StepContext) throws -> Tensor {
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let moved = try perturbed(step, view, by: ascent)
    return view.logits(at: moved, step.pass(updatesStatistics: true))
      .crossEntropy(step.batch.labels)
  }

  private func perturbed(
    _ step: StepContext, _ view: ExampleView, by ascent: Ascent
  ) throws -> Tensor {
    let moved = try ascent.run(step, view, purpose: name) {
      $0.crossEntropy(step.batch.labels, reduction: .none)
    }
    return view.carryingHistory(moved)
  }

  /// Checks, now and then, that the network stands several steps.
  public func didUpdate(after step: StepContext) throws {
    guard guardEvery > 0, (step.step + 1) % guardEvery == 0 else { return }
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    var several = ascent
    (several.steps, several.stepSize) = (guardSteps, 2.5 * ascent.radius / Double(guardSteps))
    let moved = try perturbed(step, view, by: several)
    let accuracy = withoutGradients {
      Target.isCorrect(view.logits(at: moved, .evaluation), step.batch.labels)
        .to(.float64).mean().item
    }
    step.measure("guard_accuracy", accuracy)
    let parameters = step.model.parameters
    if accuracy < best - guardDrop, !goodWeights.isEmpty {
      for (parameter, weight) in zip(parameters, goodWeights) { parameter.replace(with: weight) }
      collapsed = true
      return
    }
    best = max(best, accuracy)
    goodWeights = parameters.map { $0.value.detached().copy() }
  }

  /// The best accuracy of a check, the weights of the last good one, and whether training collapsed.
  public var state: [String: Tensor] {
    get {
      var state = ["best": Tensor(best), "collapsed": Tensor(collapsed ? 1 : 0)]
      for (index, weight) in goodWeights.enumerated() { state["weight.\(index)"] = weight }
      return state
    }
    set {
      best = newValue["best"]?.item ?? 0
      collapsed = newValue["collapsed"]?.item == 1
      goodWeights = (0..<newValue.count).compactMap { newValue["weight.\($0)"] }
    }
  }
}

extension FastCrossEntropy: RegisteredTerm {
  static let name = "fast-cross-entropy"
  static let options = ["norm", "radius", "stepSize", "guardEvery", "guardSteps", "guardDrop"]

  convenience init(_ options: TermOptions) throws(TrainingError) {
    self.init(
      norm: try options.norm(), radius: try options.notNegative("radius", default: 0.1),
      stepSize: try options.positive("stepSize"),
      guardEvery: try options.count("guardEvery", default: 100, from: 0),
      guardSteps: try options.count("guardSteps", default: 10),
      guardDrop: try options.number("guardDrop", default: 0.2, in: 0...1, "from 0 to 1"))
  }
}
