import Torch

/// One step of the full radius along the steepest direction of the linearised loss.
///
/// In the maximum norm this is the fast gradient sign method (Goodfellow et al., "Explaining and
/// harnessing adversarial examples", ICLR 2015); in the Euclidean norm the fast gradient method. On
/// a linear model it is the strongest perturbation of that length.
public struct FastGradient: Attack {
  /// What is climbed.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal

  /// The attack.
  public init(loss: AttackLoss = .crossEntropy, goal: Goal = .untargeted) {
    self.loss = loss
    self.goal = goal
  }

  /// `fgm`.
  public static let about = AttackDescription(
    name: "fgm", summary: "One step of the full radius along the gradient (FGSM in linf).",
    kind: .fixedBudget, norms: ["linf", "l2", "l1"], cost: "2 forward and 1 backward passes",
    source: "Goodfellow et al., \"Explaining and harnessing adversarial examples\", ICLR 2015")

  /// Loss and goal.
  public static let options: [AttackOption<FastGradient>] = [
    AttackOption(loss: \.loss), AttackOption(goal: \.goal),
  ]

  /// Takes the step.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(target, batch, within: ball, goal: goal)
    guard !search.isOver else { return search.result() }
    let answer = try search.climb(search.origin, loss, countsIteration: false)
    guard !search.isOver else { return search.result() }
    _ = try search.ask(search.project(ball.norm.steepest(answer.gradient) * ball.radius), loss)
    return search.result()
  }
}
