import Torch

/// Gradient steps of the same length from the clean example.
///
/// Kurakin et al., "Adversarial examples in the physical world", ICLR 2017 workshop: projected gradient
/// ascent without a random start.
public struct BasicIterative: Attack {
  /// The number of gradient steps.
  public var steps: Int
  /// The length of a step, as a share of the radius.
  public var relativeStepSize: Double
  /// What is climbed.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once they are broken. Off, every step is executed for every example.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 10, relativeStepSize: Double = 0.2, loss: AttackLoss = .crossEntropy,
    goal: Goal = .untargeted, stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.relativeStepSize = relativeStepSize
    self.loss = loss
    self.goal = goal
    self.stopsEarly = stopsEarly
  }

  /// `bim`.
  public static let about = AttackDescription(
    name: "bim", summary: "Projected gradient ascent from the clean example.", kind: .fixedBudget,
    norms: ["linf", "l2", "l1"], cost: "steps + 1 forward and steps backward passes",
    source: "Kurakin et al., \"Adversarial examples in the physical world\", ICLR 2017 workshop")

  /// All settings.
  public static let options: [AttackOption<BasicIterative>] = [
    AttackOption("steps", \.steps, "Gradient steps."),
    AttackOption(
      "relativeStepSize", \.relativeStepSize, in: 0...2,
      "The length of a step, as a share of the radius."),
    AttackOption(loss: \.loss), AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Climbs from the clean examples.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    let ascent = ProjectedGradient(
      steps: steps, stepSize: relativeStepSize * ball.radius, hasRandomStart: false, loss: loss,
      goal: goal, stopsEarly: stopsEarly)
    return try ascent.run(on: target, batch, within: ball, context: context)
  }
}
