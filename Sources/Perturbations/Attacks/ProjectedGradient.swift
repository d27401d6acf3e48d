import Torch

/// Projected gradient ascent on the loss, inside the ball.
///
/// Madry et al., "Towards deep learning models resistant to adversarial attacks", ICLR 2018. Steps
/// are along the sign of the gradient in the maximum norm, along the gradient at length 1 in the
/// Euclidean norm, and along the largest features in L1. The best iterate of every example is kept,
/// over all restarts, and examples that are broken are not worked on any longer. Without a random start
/// it is the basic iterative method, and with momentum the momentum iterative method (Dong et al.,
/// "Boosting adversarial attacks with momentum", CVPR 2018).
public struct ProjectedGradient: Attack {
  /// The number of gradient steps of a restart.
  public var steps: Int
  /// The length of a step in the data's units; `2.5 * radius / steps` when `nil`, with which any
  /// point of the ball can be reached from any other.
  public var stepSize: Double?
  /// Whether to start at a random point of the ball instead of its centre.
  public var hasRandomStart: Bool
  /// How often to start; only examples that still stand start again.
  public var restarts: Int
  /// What is kept of the direction of the last step: gradients at L1 length 1 are added to it.
  public var momentum: Double
  /// What is added instead.
  var summand = MomentumIterative.Summand.gradients
  /// What is climbed.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once they are broken. Off, every step is executed for every example.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 40, stepSize: Double? = nil, hasRandomStart: Bool = true, restarts: Int = 1,
    momentum: Double = 0, loss: AttackLoss = .crossEntropy, goal: Goal = .untargeted,
    stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.stepSize = stepSize
    self.hasRandomStart = hasRandomStart
    self.restarts = restarts
    self.momentum = momentum
    self.loss = loss
    self.goal = goal
    self.stopsEarly = stopsEarly
  }

  /// `pgd`.
  public static let about = AttackDescription(
    name: "pgd", summary: "Projected gradient ascent.", kind: .fixedBudget,
    norms: ["linf", "l2", "l1"], cost: "steps + 1 forward and steps backward passes a restart",
    source:
      "Madry et al., \"Towards deep learning models resistant to adversarial attacks\", ICLR 2018")

  /// All settings.
  public static let options: [AttackOption<ProjectedGradient>] = [
    AttackOption("steps", \.steps, "Gradient steps of a restart."),
    AttackOption(
      "stepSize", \.stepSize, standard: "2.5 * radius / steps",
      "The length of a step, in the data's units."),
    AttackOption("randomStart", \.hasRandomStart, "Whether to start at a random point."),
    AttackOption("restarts", \.restarts, "How often to start."),
    AttackOption(
      "momentum", \.momentum, in: 0...10, "What is kept of the direction of the last step."),
    AttackOption(loss: \.loss), AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Climbs from every start.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(target, batch, within: ball, goal: goal, stopsEarly: stopsEarly)
    for restart in 0..<restarts where !search.isOver {
      if restart > 0 { search.restart() }
      try climb(&search, context, restart)
    }
    return search.result()
  }

  /// One ascent from one start, for all examples that are active.
  private func climb(_ search: inout Search, _ context: Context, _ restart: Int) throws {
    let norm = search.ball.norm
    let length = stepSize ?? (2.5 * search.ball.radius / Double(steps))
    var current =
      hasRandomStart
      ? search.randomPerturbations("pgd.start.\(restart)", context) : search.origin
    var velocity: Tensor?
    for step in 0..<steps where !search.isOver {
      let answer = try search.climb(current, loss, countsIteration: step > 0)
      guard !search.isOver else { return }
      current = current.keeping(answer.staying)
      var ascent = answer.gradient
      if momentum > 0 {
        let unit = summand == .steps ? norm.step(ascent) : L1().normalised(ascent)
        ascent = velocity.map { $0.keeping(answer.staying) * momentum + unit } ?? unit
        velocity = ascent
      }
      // In L1, features at the edge of the box that are pushed outwards would use up the sparse step
      // for nothing (Croce and Hein, "Mind the box", ICML 2021).
      if norm is L1, let room = search.room { ascent = room.inward(ascent, at: current) }
      current = search.project(current + norm.step(ascent) * length)
    }
    // The last iterate is only asked about: its gradient would lead nowhere.
    if !search.isOver { _ = try search.ask(current, loss) }
  }
}
