import Foundation
import Torch

/// Looks for the shortest perturbation by decisions alone: estimates the direction of the boundary from
/// random points around one, steps along it, and goes back to the boundary.
///
/// Chen, Jordan and Wainwright, "HopSkipJumpAttack: a query-efficient decision-based attack", IEEE S&P
/// 2020, algorithm 2. All examples of a batch go through the same phases side by side; those whose step
/// size is still being halved are asked about alone.
public struct HopSkipJump: DecisionAttack {
  /// How often the direction is estimated, at least 1.
  public var steps: Int
  /// How many random points the first estimate takes; the t-th takes `√t` times as many.
  public var evaluations: Int
  /// The most points that an estimate takes.
  public var maxEvaluations: Int
  /// What the threshold of bisections is multiplied with; the paper's is 1.
  public var gamma: Double
  /// How many points are tried as a start.
  public var tries: Int
  /// Inputs to start from; the nearest that does is taken. Needed where one class is to be reached; else
  /// noise will do.
  public var starts: StartingPool?
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once they are broken inside the radius; with an infinite one none does.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 64, evaluations: Int = 100, maxEvaluations: Int = 10_000, gamma: Double = 1,
    tries: Int = 1000, starts: StartingPool? = nil, goal: Goal = .untargeted,
    stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.evaluations = evaluations
    self.maxEvaluations = maxEvaluations
    self.gamma = gamma
    self.tries = tries
    self.starts = starts
    self.goal = goal
    self.stopsEarly = stopsEarly
  }

  /// `hopskipjump`.
  public static let about = AttackDescription(
    name: "hopskipjump", summary: "The shortest perturbation, by decisions around the boundary.",
    kind: .withoutGradients, findsShortest: true, norms: ["l2", "linf"],
    cost: "about evaluations * steps^1.5 * 2 / 3 + 20 * steps forward passes",
    source: """
      Chen et al., "HopSkipJumpAttack: a query-efficient decision-based attack", IEEE S&P 2020
      """)

  /// All settings but the inputs to start from.
  public static let options: [AttackOption<HopSkipJump>] = [
    AttackOption("steps", \.steps, "How often the direction is estimated."),
    AttackOption("evaluations", \.evaluations, "Points of the first estimate."),
    AttackOption("maxEvaluations", \.maxEvaluations, "The most points of an estimate."),
    AttackOption(
      "gamma", \.gamma, in: 1e-6...1e6, "What the threshold of bisections is multiplied with."),
    AttackOption("tries", \.tries, "How many points are tried as a start."),
    AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Walks along the boundary.
  ///
  /// - Throws: ``PerturbationError/needsStarts(attack:)`` for a class to reach without ``starts``, and
  ///   ``PerturbationError/noStart(example:target:)`` where none of them is of that class.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    let start = try BoundaryStart(tries: tries, pool: starts, purpose: name, goal: goal)
    var search = try Search(
      target, batch, within: ball, goal: goal, aim: .shortest, stopsEarly: stopsEarly)
    var points = try start.find(&search, context)
    let frame = Frame(ball, search.centers, gamma)
    points = try search.bisect(points, steps: frame.bisections)
    for step in 1...steps where !search.isOver {
      try hop(&points, &search, frame, step, context)
    }
    return search.result()
  }

  /// How many points are asked about at once: with the examples of a chunk they still fit a cache.
  private static let group = 25

  /// What the number of features decides.
  private struct Frame {
    let features: Double
    let theta: Double
    let firstReach: Double?
    let isMaximum: Bool

    init(_ ball: Ball, _ centers: Tensor, _ gamma: Double) {
      let all = centers.shape.dropFirst().reduce(1, *)
      features = ball.mask.map { $0.notEqual(to: 0).to(.float64).sum().item } ?? Double(all)
      isMaximum = ball.norm is LInf
      theta = gamma / Foundation.pow(max(features, 1), isMaximum ? 2 : 1.5)
      // The start lies on the boundary of wherever noise led; the paper looks around more widely there.
      firstReach = ball.scale == nil ? ball.box.map { 0.1 * ($0.upperBound - $0.lowerBound) } : nil
    }

    /// How far random points are from the boundary, in lengths of the perturbation.
    var reach: Double { (isMaximum ? features : features.squareRoot()) * theta }

    /// The threshold as a number of halvings; few features would leave the boundary far away.
    var bisections: Int { min(max(10, Int(Foundation.log2(1 / theta).rounded(.up))), 30) }
  }

  private func hop(
    _ points: inout Tensor, _ search: inout Search, _ frame: Frame, _ step: Int,
    _ context: Context
  ) throws {
    let direction = try direction(&points, &search, frame, step, context)
    guard !search.isOver else { return }
    try leap(&points, &search, direction, step)
    guard !search.isOver else { return }
    points = try search.bisect(points, steps: frame.bisections)
  }

  /// The mean of random directions, weighted with the decisions less their mean (equation 16).
  private func direction(
    _ points: inout Tensor, _ search: inout Search, _ frame: Frame, _ step: Int,
    _ context: Context
  ) throws -> Tensor {
    let norm = search.ball.norm
    var length = norm.length(of: points) * frame.reach
    if step == 1, let first = frame.firstReach { length = Tensor.full(like: length, first) }
    let wanted = min(Int(Double(evaluations) * Double(step).squareRoot()), maxEvaluations)
    var sums = (product: points * 0, change: points * 0, decision: length * 0)
    for start in stride(from: 0, to: wanted, by: Self.group) where !search.isOver {
      let count = min(Self.group, wanted - start)
      let reach = length.broadcastable(toRank: points.rank + 1)
      let middle = points.unsqueezed(1)
      let candidates = clipped(
        middle + directions(count, search, "\(step).\(start)", frame, context) * reach, search)
      let answer = try search.askMany(candidates)
      let staying = answer.staying
      (points, length) = (points.keeping(staying), length.keeping(staying))
      guard !search.isOver else { break }
      let change = ((candidates - middle) / reach).keeping(staying)
      let decision = answer.isBroken.to(change.dtype) * 2 - 1
      let ones = points.shape.dropFirst().map { _ in 1 }
      let product = change * decision.reshaped(decision.shape + ones)
      sums.product = sums.product.keeping(staying) + product.sum(along: 1)
      sums.change = sums.change.keeping(staying) + change.sum(along: 1)
      sums.decision = sums.decision.keeping(staying) + decision.sum(along: 1)
    }
    guard !search.isOver else { return points }
    let mean = sums.decision / Double(wanted)
    // Where all decisions are the same, they say as much as one.
    let isUnanimous = mean.abs().greaterOrEqual(to: 1 - 1e-9)
    let baseline = (mean * 0).where(isUnanimous, else: mean).broadcastable(toRank: points.rank)
    return norm.steepest(sums.product - sums.change * baseline)
  }

  /// Unit vectors: normal directions, or uniform ones in the maximum norm, of the features that are free.
  private func directions(
    _ count: Int, _ search: Search, _ part: String, _ frame: Frame, _ context: Context
  ) -> Tensor {
    let shape = [count] + search.centers.shape.dropFirst()
    let dtype = search.centers.dtype
    let drawn = search.indices.map { index in
      let generator = Generator(
        seed: context.seed, purpose: "\(name).\(part)", index: UInt64(index))
      return frame.isMaximum
        ? Tensor.uniform(shape, in: -1...1, dtype: dtype, using: generator)
        : Tensor.normal(shape, dtype: dtype, using: generator)
    }
    var all = Tensor.stacked(drawn).to(search.centers.device)
    if let mask = search.ball.mask { all = all * mask }
    let flat = all.flattened(from: 2)
    let lengths = flat.norm(order: 2, along: [2], keepingDimensions: true).clamped(to: 1e-12...)
    return (flat / lengths).reshaped(all.shape)
  }

  private func clipped(_ candidates: Tensor, _ search: Search) -> Tensor {
    guard let room = search.room else { return candidates }
    return candidates.clamped(from: room.low.unsqueezed(1), through: room.high.unsqueezed(1))
  }

  /// A step along the direction, halved until it ends on the wrong side.
  private func leap(
    _ points: inout Tensor, _ search: inout Search, _ direction: Tensor, _ step: Int
  ) throws {
    var direction = direction
    var length = search.ball.norm.length(of: points) / Double(step).squareRoot()
    var isDone = Array(repeating: false, count: search.count)
    for _ in 0..<20 where !search.isOver {
      let rows = isDone.indices.filter { !isDone[$0] }
      guard !rows.isEmpty else { return }
      let reach = length.broadcastable(toRank: points.rank)
      let moved = (points + direction * reach).selecting(rows: rows)
      let candidates = search.room?.selecting(rows).clip(moved) ?? moved
      let answer = try search.ask(candidates, of: rows)
      points = points.replacing(rows, with: candidates, where: answer.brokenRows)
      for row in answer.brokenRows { isDone[rows[row]] = true }
      length = length * 0.5
      guard let staying = answer.staying else { continue }
      (points, direction) = (points.selecting(rows: staying), direction.selecting(rows: staying))
      length = length.selecting(rows: staying)
      isDone = staying.map { isDone[$0] }
    }
  }
}
