import Torch

/// Gradient steps of the same length along a running sum of gradients, from the clean example.
///
/// Dong et al., "Boosting adversarial attacks with momentum", CVPR 2018 (MI-FGSM): gradients enter the sum
/// at L1 length 1, and what was there before them is multiplied by the decay.
public struct MomentumIterative: Attack {
  /// What the running sum is made of.
  public enum Summand: String, Sendable, CaseIterable {
    /// Gradients at L1 length 1, as in the paper.
    case gradients
    /// The steps that gradients would lead to by themselves, such as their signs, as in Foolbox.
    case steps
  }

  /// The number of gradient steps.
  public var steps: Int
  /// The length of a step, as a share of the radius.
  public var relativeStepSize: Double
  /// What is kept of the sum at every step.
  public var decay: Double
  /// What the sum is made of.
  public var summand: Summand
  /// What is climbed.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once they are broken. Off, every step is executed for every example.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 10, relativeStepSize: Double = 0.1, decay: Double = 1,
    summand: Summand = .gradients,
    loss: AttackLoss = .crossEntropy, goal: Goal = .untargeted, stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.relativeStepSize = relativeStepSize
    self.decay = decay
    self.summand = summand
    self.loss = loss
    self.goal = goal
    self.stopsEarly = stopsEarly
  }

  /// `mim`.
  public static let about = AttackDescription(
    name: "mim", summary: "Projected gradient ascent with momentum, from the clean example.",
    kind: .fixedBudget, norms: ["linf", "l2", "l1"],
    cost: "steps + 1 forward and steps backward passes",
    source: "Dong et al., \"Boosting adversarial attacks with momentum\", CVPR 2018")

  /// All settings.
  public static let options: [AttackOption<MomentumIterative>] = [
    AttackOption("steps", \.steps, "Gradient steps."),
    AttackOption(
      "relativeStepSize", \.relativeStepSize, in: 0...2,
      "The length of a step, as a share of the radius."),
    AttackOption(
      "decay", \.decay, in: 0...10, "What is kept of the sum of gradients at every step."),
    AttackOption("summand", \.summand, "What the sum is made of: gradients, or their steps."),
    AttackOption(loss: \.loss), AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Climbs from the clean examples.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var ascent = ProjectedGradient(
      steps: steps, stepSize: relativeStepSize * ball.radius, hasRandomStart: false,
      momentum: decay, loss: loss, goal: goal, stopsEarly: stopsEarly)
    ascent.summand = summand
    return try ascent.run(on: target, batch, within: ball, context: context)
  }
}
