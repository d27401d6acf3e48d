import Torch

/// Steps onto the linearised boundary that stay close to the clean example, and back from it after
/// every failure.
///
/// Croce and Hein, "Minimally distorted adversarial examples with a fast adaptive boundary attack", ICML
/// 2020, algorithm 1. Steps onto the boundary are the shortest inside the box, from where the
/// attack stands and from the clean example, and the two are mixed. The nearest boundary is looked for
/// among all classes, a backward pass each; with many classes ``TargetedFastAdaptiveBoundary`` costs
/// less.
public struct FastAdaptiveBoundary: Attack {
  /// The number of steps of a restart.
  public var steps: Int
  /// How often to start: first at the clean example, then at random, half as far away as the shortest
  /// failure, or the radius where that is less.
  public var restarts: Int
  /// By which factor steps lead beyond the boundary.
  public var overshoot: Double
  /// Which part of the perturbation is kept after a failure.
  public var retreat: Double
  /// The largest weight of the step from the clean example.
  public var bias: Double
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once a failure inside the radius is known.
  public var stopsEarly: Bool
  /// Whether what was found is shortened at the end: by two steps onto the boundary and ten halvings of the
  /// way back. Off, the attack is that of the paper.
  public var polishes: Bool

  /// The attack.
  public init(
    steps: Int = 100, restarts: Int = 1, overshoot: Double = 1.05, retreat: Double = 0.9,
    bias: Double = 0.1, goal: Goal = .untargeted, stopsEarly: Bool = true, polishes: Bool = true
  ) {
    self.steps = steps
    self.restarts = restarts
    self.overshoot = overshoot
    self.retreat = retreat
    self.bias = bias
    self.goal = goal
    self.stopsEarly = stopsEarly
    self.polishes = polishes
  }

  /// `fab`.
  public static let about = AttackDescription(
    name: "fab", summary: "Steps onto the boundary that stay close to the clean example.",
    kind: .minimumNorm, norms: ["linf", "l2", "l1"],
    cost: "2 steps forward and steps * (K - 1) backward passes a restart",
    source: "Croce and Hein, \"Minimally distorted adversarial examples\", ICML 2020")

  /// All settings.
  public static let options: [AttackOption<FastAdaptiveBoundary>] = [
    AttackOption("steps", \.steps, "Steps of a restart."),
    AttackOption("restarts", \.restarts, "How often to start."),
    AttackOption(
      "overshoot", \.overshoot, in: 1...10, "By which factor steps lead beyond the boundary."),
    AttackOption(
      "retreat", \.retreat, in: 0...1, "Which part of the perturbation is kept after a failure."),
    AttackOption(
      "bias", \.bias, in: 0...1, "The largest weight of the step from the clean example."),
    AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly), AttackOption(polishes: \.polishes),
  ]

  /// Steps from every start.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(
      target, batch, within: ball, goal: goal, aim: .shortest, stopsEarly: stopsEarly)
    for restart in 0..<restarts {
      if restart > 0 { search.restart() }
      guard !search.isOver else { break }
      let start =
        restart == 0 ? search.origin : randomStart(search, "fab.start.\(restart)", context)
      try approach(&search, from: start)
    }
    if polishes { try search.polish() }
    return search.result()
  }

  /// The steps of one restart, for all examples that are active.
  ///
  /// - Parameter rival: the class whose boundary is approached, `[n]`; that of the goal or else the
  ///   nearest when `nil`.
  func approach(_ search: inout Search, from start: Tensor, rival: Tensor? = nil) throws {
    var current = start
    // Those of a goal come with the search.
    var rivals = rival?.unsqueezed(1)
    if rivals == nil, search.targets == nil { rivals = search.rivals(.max) }
    for _ in 0..<steps where !search.isOver {
      let slope =
        if let rivals {
          try search.nearestBoundary(current, rivals: rivals, countsIteration: false)
        } else {
          try search.climb(current, .margin, countsIteration: false)
        }
      guard !search.isOver else { break }
      let moved = step(slope, from: current.keeping(slope.staying), search)
      let answer = try search.ask(moved)
      current = moved.keeping(answer.staying)
      rivals = rivals?.keeping(slope.staying).keeping(answer.staying)
      let part = Tensor.full(like: answer.losses, retreat).where(answer.isBroken, else: 1)
      current = current * part.broadcastable(toRank: current.rank)
    }
  }

  /// Random perturbations, half as long as the shortest known failure, or as the radius or the box
  /// where these are shorter.
  func randomStart(_ search: Search, _ purpose: String, _ context: Context) -> Tensor {
    let norm = search.ball.norm
    var streams = context.streams(purpose, examples: search.indices)
    let points = norm.normalised(
      norm.randomPoints(
        Array(search.centers.shape.dropFirst()), radius: 1, dtype: search.centers.dtype,
        streams: &streams
      ).to(search.centers.device))
    let longest = search.shortest.minimum(search.reach).clamped(to: ...search.ball.radius)
    // Where nothing bounds it at all.
    let length = longest.where(longest.isFinite, else: 1) * 0.5
    let start = points * length.broadcastable(toRank: points.rank)
    return search.room?.clip(start) ?? start
  }

  /// The mixture of two steps beyond the boundary (algorithm 1, lines 8 to 13).
  private func step(_ slope: Answer, from current: Tensor, _ search: Search) -> Tensor {
    let norm = search.ball.norm
    // The boundary is where `<w, u>` has grown by what the loss is below zero.
    let here = -slope.losses
    let there = (slope.gradient * current).examplesFlattened.sum(along: 1) + here
    let room = search.room.map { room in
      let near = room.around(current)
      return Room(
        low: Tensor.concatenated([near.low, room.low]),
        high: Tensor.concatenated([near.high, room.high]))
    }
    let steps = norm.shortestStep(
      along: Tensor.concatenated([slope.gradient, slope.gradient]),
      by: Tensor.concatenated([here, there]), within: room
    ).chunks(2)
    let lengths = steps.map { norm.length(of: $0).clamped(to: 1e-8...) }
    let weight = (lengths[0] / (lengths[0] + lengths[1])).clamped(to: ...bias)
      .broadcastable(toRank: current.rank)
    let moved =
      (current + steps[0] * overshoot) * (1 - weight) + steps[1] * overshoot * weight
    return search.room?.clip(moved) ?? moved
  }
}
