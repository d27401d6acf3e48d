import Torch

/// Steps onto the nearest of the linearised decision boundaries until one is crossed.
///
/// Moosavi-Dezfooli et al., "DeepFool: a simple and accurate method to fool deep neural networks", CVPR
/// 2016, algorithm 2 and its section on other norms. All steps together are lengthened by the overshoot,
/// as in the paper. An example stops at its first failure, which
/// ``polishes`` then shortens. In L1, where a step moves a single feature,
/// steps stay in the box: else the attack would push a feature against its limit for ever.
public struct DeepFool: Attack {
  /// The most steps.
  public var steps: Int
  /// By which share all steps together are lengthened, so that the boundary is crossed.
  public var overshoot: Double
  /// How many of the classes that are most likely on the clean example are looked at, its own counted:
  /// one backward pass a step for each other one.
  public var candidates: Int
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples that are broken inside the radius are left as they are.
  public var stopsEarly: Bool
  /// Whether what was found is shortened at the end: by two steps onto the boundary and ten halvings of the
  /// way back. Off, the attack is that of the paper.
  public var polishes: Bool

  /// The attack.
  public init(
    steps: Int = 50, overshoot: Double = 0.02, candidates: Int = 10, goal: Goal = .untargeted,
    stopsEarly: Bool = true, polishes: Bool = true
  ) {
    self.steps = steps
    self.overshoot = overshoot
    self.candidates = candidates
    self.goal = goal
    self.stopsEarly = stopsEarly
    self.polishes = polishes
  }

  /// `deepfool`.
  public static let about = AttackDescription(
    name: "deepfool", summary: "Steps onto the nearest linearised boundary.", kind: .minimumNorm,
    norms: ["linf", "l2", "l1"],
    cost: "at most steps + 15 forward and steps * (candidates - 1) + 2 backward passes",
    source: "Moosavi-Dezfooli et al., \"DeepFool\", CVPR 2016")

  /// All settings.
  public static let options: [AttackOption<DeepFool>] = [
    AttackOption("steps", \.steps, "The most steps."),
    AttackOption(
      "overshoot", \.overshoot, in: 0...10, "By which share all steps together are lengthened."),
    AttackOption(
      "candidates", \.candidates, from: 2, "How many classes are looked at, the own one counted."),
    AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly), AttackOption(polishes: \.polishes),
  ]

  /// Steps until every example is broken.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(
      target, batch, within: ball, goal: goal, aim: .shortest, stopsEarly: stopsEarly)
    var rivals = search.targets == nil ? search.rivals(candidates - 1) : nil
    var total = search.origin
    var current = total
    for _ in 0..<steps where !search.isOver {
      let answer =
        if let rivals { try search.nearestBoundary(current, rivals: rivals) } else {
          try search.climb(current, .margin)
        }
      // What is broken rests, also where it lies outside of the ball.
      let standing = answer.isBroken.not().nonZeroIndices().squeezed(1).values(as: Int.self)
      search.reduce(to: standing)
      guard !search.isOver else { break }
      func kept(_ tensor: Tensor) -> Tensor {
        tensor.keeping(answer.staying).selecting(rows: standing)
      }
      rivals = rivals.map(kept)
      total =
        kept(total)
        + step(answer.selecting(standing), from: kept(current), search)
      current = total * (1 + overshoot)
      if let room = search.room { current = room.clip(current) }
    }
    if !search.isOver { _ = try search.ask(current) }
    if polishes { try search.polish() }
    return search.result()
  }

  private func step(_ slope: Answer, from current: Tensor, _ search: Search) -> Tensor {
    let norm = search.ball.norm
    // A little more than onto the boundary, where the two classes are level.
    let change = slope.losses.abs() + norm.dual.length(of: slope.gradient) * 1e-4
    let room = norm is L1 ? search.room?.around(current) : nil
    return norm.shortestStep(along: slope.gradient, by: change, within: room)
  }
}
