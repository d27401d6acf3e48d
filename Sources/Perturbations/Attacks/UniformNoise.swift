import Torch

/// Random points of the ball: the weakest attack, and the one that any other must beat.
public struct UniformNoise: Attack {
  /// How many points are tried for every example.
  public var draws: Int
  /// What the attack is after.
  public var goal: Goal

  /// The attack.
  public init(draws: Int = 10, goal: Goal = .untargeted) {
    self.draws = draws
    self.goal = goal
  }

  /// `noise`.
  public static let about = AttackDescription(
    name: "noise", summary: "Points drawn uniformly from the ball.", kind: .withoutGradients,
    norms: ["linf", "l2", "l1"], cost: "a forward pass a draw",
    source: "Carlini et al., \"On evaluating adversarial robustness\", 2019")

  /// Draws and goal.
  public static let options: [AttackOption<UniformNoise>] = [
    AttackOption("draws", \.draws, "How many points are tried."), AttackOption(goal: \.goal),
  ]

  /// Draws points until one makes the model fail.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    return try Draws(count: draws, purpose: "noise.uniform", goal: goal).run(
      on: target, batch, ball, context
    ) { search, streams in
      ball.norm.randomPoints(
        Array(search.centers.shape.dropFirst()), radius: ball.radius, dtype: search.centers.dtype,
        streams: &streams)
    }
  }
}
