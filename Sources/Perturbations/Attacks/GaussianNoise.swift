import Torch

/// Normal noise, limited to the ball.
public struct GaussianNoise: Attack {
  /// How many draws are tried for every example.
  public var draws: Int
  /// The standard deviation of a feature; the radius when `nil`.
  public var standardDeviation: Double?
  /// What the attack is after.
  public var goal: Goal

  /// The attack.
  public init(
    draws: Int = 10, standardDeviation: Double? = nil, goal: Goal = .untargeted
  ) {
    self.draws = draws
    self.standardDeviation = standardDeviation
    self.goal = goal
  }

  /// `gaussian`.
  public static let about = AttackDescription(
    name: "gaussian", summary: "Normal noise, limited to the ball.", kind: .withoutGradients,
    norms: ["linf", "l2", "l1"], cost: "a forward pass a draw",
    source:
      "Ford et al., \"Adversarial examples are a natural consequence of test error in noise\", 2019"
  )

  /// Draws, deviation and goal.
  public static let options: [AttackOption<GaussianNoise>] = [
    AttackOption("draws", \.draws, "How many draws are tried."),
    AttackOption(
      "standardDeviation", \.standardDeviation, standard: "the radius",
      "The standard deviation of a feature."),
    AttackOption(goal: \.goal),
  ]

  /// Draws points until one makes the model fail.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    let deviation = standardDeviation ?? ball.radius
    return try Draws(count: draws, purpose: "noise.gaussian", goal: goal).run(
      on: target, batch, ball, context
    ) { search, streams in
      let shape = Array(search.centers.shape.dropFirst())
      return Tensor.normal(shape, dtype: search.centers.dtype, perExample: &streams) * deviation
    }
  }
}
