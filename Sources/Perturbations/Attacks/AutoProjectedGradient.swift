import Torch

/// Projected gradient ascent without a step size to choose (APGD).
///
/// Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
/// parameter-free attacks", ICML 2020. Steps begin at twice the radius and are halved where they stop to
/// pay. In L1 it is the ascent of "Mind the box: l1-APGD for sparse adversarial attacks on image
/// classifiers", ICML 2021, with the exact projection onto ball and box.
public struct AutoProjectedGradient: Attack {
  /// The number of gradient steps of a restart.
  public var steps: Int
  /// How often to start; only examples that still stand start again.
  public var restarts: Int
  /// What is climbed.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal
  /// The share of steps that must raise the loss between two checkpoints, or the step is halved.
  public var rho: Double
  /// Whether runs in L1 begin in three times the radius and go on in twice the radius, with three tenths of
  /// the steps each; other norms do not look at it.
  public var largerRadiiFirst: Bool
  /// Whether examples leave once they are broken. Off, every step is executed for every example.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 100, restarts: Int = 1, loss: AttackLoss = .crossEntropy,
    goal: Goal = .untargeted, rho: Double = 0.75, largerRadiiFirst: Bool = true,
    stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.restarts = restarts
    self.loss = loss
    self.goal = goal
    self.rho = rho
    self.largerRadiiFirst = largerRadiiFirst
    self.stopsEarly = stopsEarly
  }

  /// `apgd`.
  public static let about = AttackDescription(
    name: "apgd", summary: "Projected gradient ascent that finds its step size (APGD).",
    kind: .fixedBudget, norms: ["linf", "l2", "l1"],
    cost: "steps + 1 forward and steps backward passes a restart",
    source: """
      Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse \
      parameter-free attacks", ICML 2020; "Mind the box", ICML 2021
      """)

  /// All settings.
  public static let options: [AttackOption<AutoProjectedGradient>] = [
    AttackOption("steps", \.steps, "Gradient steps of a restart."),
    AttackOption("restarts", \.restarts, "How often to start."),
    AttackOption(loss: \.loss), AttackOption(goal: \.goal),
    AttackOption(rho: \.rho), AttackOption(largerRadiiFirst: \.largerRadiiFirst),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Climbs from every start.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(target, batch, within: ball, goal: goal, stopsEarly: stopsEarly)
    let ascent = AdaptiveAscent(
      steps: steps, rho: rho, largerRadiiFirst: largerRadiiFirst, loss: loss)
    for restart in 0..<restarts where !search.isOver {
      if restart > 0 { search.restart() }
      // Named by the loss, so that two of an ensemble start at different points.
      try ascent.climb(&search, "apgd.\(loss.name).start.\(restart)", context)
    }
    return search.result()
  }
}
