import Torch

/// Gradient steps projected onto a ball whose radius follows the boundary.
///
/// Pintor et al., "Fast minimum-norm adversarial attacks through adaptive norm constraints", NeurIPS
/// 2021, algorithm 1. Until a first failure the radius is where the linearised boundary lies; then it
/// shrinks after a failure and grows after a success of the model. In L0 it is a number of features
/// that changes by at least one. The projection is that onto the ball and the box together:
/// perturbations that lie inside are not lengthened, and those that the box cuts use the rest of the
/// radius for other features. To project onto the ball and clip then, as the paper has it, lets the
/// attack stand still before the boundary where the box cuts much away.
public struct FastMinimumNorm: Attack {
  /// The number of gradient steps.
  public var steps: Int
  /// The Euclidean length of the first step, which falls to a hundredth along a cosine.
  public var stepSize: Double
  /// By which share the radius changes in the first step, which falls along a cosine.
  public var adaptation: Double
  /// By which share the radius changes in the last step.
  public var finalAdaptation: Double
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once a failure inside the radius is known.
  public var stopsEarly: Bool
  /// Whether what was found is shortened at the end: by two steps onto the boundary and ten halvings of the
  /// way back. Off, the attack is that of the paper.
  public var polishes: Bool

  /// The attack.
  public init(
    steps: Int = 100, stepSize: Double = 1, adaptation: Double = 0.05,
    finalAdaptation: Double = 0.001, goal: Goal = .untargeted, stopsEarly: Bool = true,
    polishes: Bool = true
  ) {
    self.steps = steps
    self.stepSize = stepSize
    self.adaptation = adaptation
    self.finalAdaptation = finalAdaptation
    self.goal = goal
    self.stopsEarly = stopsEarly
    self.polishes = polishes
  }

  /// `fmn`.
  public static let about = AttackDescription(
    name: "fmn", summary: "Gradient steps in a ball that follows the boundary.",
    kind: .minimumNorm, norms: ["linf", "l2", "l1", "l0"],
    cost: "steps + 14 forward and steps + 2 backward passes",
    source: "Pintor et al., \"Fast minimum-norm adversarial attacks\", NeurIPS 2021")

  /// All settings.
  public static let options: [AttackOption<FastMinimumNorm>] = [
    AttackOption("steps", \.steps, "Gradient steps."),
    AttackOption(
      "stepSize", \.stepSize, in: 1e-6...1e6, "The Euclidean length of the first step."),
    AttackOption(
      "adaptation", \.adaptation, in: 0...0.99, "By which share the radius changes at first."),
    AttackOption(
      "finalAdaptation", \.finalAdaptation, in: 0...0.99,
      "By which share the radius changes at last."),
    AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly), AttackOption(polishes: \.polishes),
  ]

  /// Climbs the margin.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    let norm = ball.norm
    var search = try Search(
      target, batch, within: ball, goal: goal, aim: .shortest, stopsEarly: stopsEarly)
    var current = search.origin
    var radii = Tensor.zeros(like: search.shortest)
    for step in 0..<steps where !search.isOver {
      let answer = try search.climb(current, .margin)
      guard !search.isOver else { break }
      current = current.keeping(answer.staying)
      let share = Annealing.cosine(from: adaptation, to: finalAdaptation, step, of: steps)
      radii = radii.keeping(answer.staying)
      radii =
        norm is L0
        ? counts(radii, answer, at: current, search, share)
        : lengths(radii, answer, at: current, search, share)
      radii = radii.minimum(search.reach)
      let size = Annealing.cosine(from: stepSize, to: stepSize / 100, step, of: steps)
      let ascent = search.direction(answer.gradient, "fmn.\(step)", context)
      current = norm.project(current + ascent * size, radii: radii, within: search.room)
    }
    if polishes { try search.polish() }
    return search.result()
  }

  /// The radii of the next step (algorithm 1, lines 5 to 12).
  private func lengths(
    _ radii: Tensor, _ answer: Answer, at current: Tensor, _ search: Search, _ share: Double
  ) -> Tensor {
    let (best, norm) = (search.shortest, search.ball.norm)
    // What stands at the edge of the box brings the boundary no nearer.
    let gradient = search.room?.inward(answer.gradient, at: current) ?? answer.gradient
    let slope = norm.dual.length(of: gradient).clamped(to: 1e-12...)
    let length = norm.length(of: current)
    // A little more than onto it, or the attack would come ever nearer and never cross.
    let boundary = length + (answer.losses.abs() / slope).maximum(length * finalAdaptation)
    let outer = (radii * (1 + share)).where(best.isFinite, else: boundary)
    return (radii * (1 - share)).minimum(best).where(answer.isBroken, else: outer)
  }

  /// The numbers of features of the next step.
  ///
  /// Until a first failure they are at least as many as the linearised boundary asks for, as in the other
  /// norms: one more a step would not get far.
  private func counts(
    _ counts: Tensor, _ answer: Answer, at current: Tensor, _ search: Search, _ share: Double
  ) -> Tensor {
    let (best, norm) = (search.shortest, search.ball.norm)
    let fewer = (counts - 1).minimum((counts * (1 - share)).floor()).minimum(best)
    let more = (counts + 1).maximum((counts * (1 + share)).floor())
    let onto = norm.shortestStep(
      along: answer.gradient, by: answer.losses.abs(), within: search.room?.around(current))
    let boundary = norm.length(of: current + onto).filled(where: best.isFinite, with: 0)
    return fewer.where(answer.isBroken, else: more.maximum(boundary)).clamped(to: 0...)
  }
}
