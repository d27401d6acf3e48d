import Torch

/// Gradient steps whose direction is free and whose length is set apart: shorter after a failure,
/// longer after a success of the model.
///
/// Rony et al., "Decoupling direction and norm for efficient gradient-based L2 adversarial attacks and
/// defenses", CVPR 2019, algorithm 1. Steps fall from 1 to 0.01 along a cosine, in units of the ball.
public struct DecoupledDirectionNorm: Attack {
  /// The number of gradient steps.
  public var steps: Int
  /// The length after the first step.
  public var initialLength: Double
  /// By which share the length changes in a step.
  public var adaptation: Double
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once a failure inside the radius is known.
  public var stopsEarly: Bool
  /// Whether what was found is shortened at the end: by two steps onto the boundary and ten halvings of the
  /// way back. Off, the attack is that of the paper.
  public var polishes: Bool

  /// The attack.
  public init(
    steps: Int = 100, initialLength: Double = 1, adaptation: Double = 0.05,
    goal: Goal = .untargeted, stopsEarly: Bool = true, polishes: Bool = true
  ) {
    self.steps = steps
    self.initialLength = initialLength
    self.adaptation = adaptation
    self.goal = goal
    self.stopsEarly = stopsEarly
    self.polishes = polishes
  }

  /// `ddn`.
  public static let about = AttackDescription(
    name: "ddn", summary: "Gradient steps of an adapted length.", kind: .minimumNorm, norms: ["l2"],
    cost: "steps + 14 forward and steps + 2 backward passes",
    source: "Rony et al., \"Decoupling direction and norm\", CVPR 2019")

  /// All settings.
  public static let options: [AttackOption<DecoupledDirectionNorm>] = [
    AttackOption("steps", \.steps, "Gradient steps."),
    AttackOption(
      "initialLength", \.initialLength, in: 1e-6...1e6,
      "The length to begin with, in units of the ball."),
    AttackOption(
      "adaptation", \.adaptation, in: 0...0.99, "By which share the length changes in a step."),
    AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly), AttackOption(polishes: \.polishes),
  ]

  /// Climbs the cross-entropy.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(
      target, batch, within: ball, goal: goal, aim: .shortest, stopsEarly: stopsEarly)
    var current = search.origin
    var lengths = Tensor.full(like: search.shortest, initialLength)
    for step in 0..<steps where !search.isOver {
      let answer = try search.climb(current, .crossEntropy)
      guard !search.isOver else { break }
      let ascent = search.direction(answer.gradient, "ddn.\(step)", context)
      let size = Annealing.cosine(from: 1, to: 0.01, step, of: steps)
      let factor = (Tensor.ones(like: answer.losses) * (1 - adaptation))
        .where(answer.isBroken, else: 1 + adaptation)
      lengths = (lengths.keeping(answer.staying) * factor).minimum(search.reach)
      let moved = L2().steepest(current.keeping(answer.staying) + ascent * size)
      current = moved * lengths.broadcastable(toRank: moved.rank)
      if let room = search.room { current = room.clip(current) }
    }
    if polishes { try search.polish() }
    return search.result()
  }
}
