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
  public var name: String { "fgm" }
  /// Loss and goal.
  public var settings: [(name: String, value: String)] {
    [("loss", loss.name), ("goal", "\(goal)")]
  }

  /// Takes the step.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    var attack = ProjectedGradient(
      steps: 1, stepSize: ball.radius, hasRandomStart: false, loss: loss, goal: goal)
    attack.isIterated = false
    return try attack.run(on: target, batch, within: ball, context: context)
  }
}
