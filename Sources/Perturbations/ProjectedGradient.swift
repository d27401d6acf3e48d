import Torch

/// Projected gradient ascent on the loss, inside the ball.
///
/// Madry et al., "Towards deep learning models resistant to adversarial attacks", ICLR 2018. Steps
/// are along the sign of the gradient in the maximum norm, along the gradient at length 1 in the
/// Euclidean norm, and along the largest features in L1. The best iterate of every example is kept,
/// over all restarts, and examples that are broken are not worked on any longer.
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
  /// What is climbed.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once they are broken. Off, every step is executed for every example.
  public var stopsEarly: Bool
  /// Whether a step is one of many; a single step goes along the steepest direction.
  var isIterated = true

  /// The attack.
  public init(
    steps: Int = 40, stepSize: Double? = nil, hasRandomStart: Bool = true, restarts: Int = 1,
    loss: AttackLoss = .crossEntropy, goal: Goal = .untargeted, stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.stepSize = stepSize
    self.hasRandomStart = hasRandomStart
    self.restarts = restarts
    self.loss = loss
    self.goal = goal
    self.stopsEarly = stopsEarly
  }

  /// `pgd`.
  public var name: String { "pgd" }
  /// All settings.
  public var settings: [(name: String, value: String)] {
    [
      ("steps", "\(steps)"), ("stepSize", stepSize.map { "\($0)" } ?? "2.5 * radius / steps"),
      ("randomStart", "\(hasRandomStart)"), ("restarts", "\(restarts)"), ("loss", loss.name),
      ("goal", "\(goal)"), ("stopsEarly", "\(stopsEarly)"),
    ]
  }

  /// Climbs from every start.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate()
    try PerturbationError.requireNumbers(batch.inputs)
    let clean = try withoutGradients { try target.logits(batch.inputs) }
    let targets = try goal.targets(labels: batch.labels, cleanLogits: clean)
    let broken = isBroken(clean, batch.labels, targets).values(as: Bool.self)
    var search = Search(batch, ball: ball, isBroken: broken, stopsEarly: stopsEarly)
    for restart in 0..<restarts where !search.active.isEmpty {
      if restart > 0 { search.restart() }
      try climb(target, targets, ball, context, restart, &search)
    }
    return search.result()
  }

  private func validate() throws(PerturbationError) {
    guard steps >= 1 else {
      throw .setting(name: "steps", value: Double(steps), allowed: "at least 1")
    }
    guard restarts >= 1 else {
      throw .setting(name: "restarts", value: Double(restarts), allowed: "at least 1")
    }
    if let stepSize, !(stepSize >= 0 && stepSize.isFinite) {
      throw .setting(name: "stepSize", value: stepSize, allowed: "zero or positive and finite")
    }
  }

  private func isBroken(_ logits: Tensor, _ labels: Tensor, _ targets: Tensor?) -> Tensor {
    targets.map { Target.isCorrect(logits, $0) } ?? Target.isCorrect(logits, labels).not()
  }

  /// One ascent from one start, for all examples that are active.
  private func climb(
    _ target: Target, _ allTargets: Tensor?, _ ball: Ball, _ context: Context, _ restart: Int,
    _ search: inout Search
  ) throws {
    var centers = search.centers
    var labels = search.labels
    var targets = allTargets.map { $0.selecting(rows: search.active) }
    var current = start(centers, search.indices, ball, context, restart)
    let length = stepSize ?? (2.5 * ball.radius / Double(steps))
    for step in 0...steps {
      // The last iterate is only asked about: its gradient would lead nowhere.
      let isLast = step == steps
      let (logits, losses, gradient) = try evaluate(target, current, labels, targets, !isLast)
      let broken = isBroken(logits, labels, targets)
      let staying = search.record(
        current, losses: losses, isBroken: broken, countsIteration: step > 0)
      if search.active.isEmpty || isLast { return }
      var ascent = gradient
      if let staying {
        centers = centers.selecting(rows: staying)
        labels = labels.selecting(rows: staying)
        targets = targets.map { $0.selecting(rows: staying) }
        current = current.selecting(rows: staying)
        ascent = ascent.selecting(rows: staying)
      }
      ascent = free(ascent, at: current, ball)
      let direction = ball.direction(ascent, iterated: isIterated)
      current = ball.project(current + direction * length, around: centers)
    }
  }

  private func start(
    _ centers: Tensor, _ indices: [Int], _ ball: Ball, _ context: Context, _ restart: Int
  ) -> Tensor {
    guard hasRandomStart else { return centers }
    var streams = context.streams("pgd.start.\(restart)", examples: indices)
    let noise = ball.randomPerturbations(like: centers, streams: &streams)
    return ball.clip(centers + noise)
  }

  private func evaluate(
    _ target: Target, _ inputs: Tensor, _ labels: Tensor, _ targets: Tensor?, _ needsGradient: Bool
  ) throws -> (logits: Tensor, losses: Tensor, gradient: Tensor) {
    guard needsGradient else {
      let logits = try withoutGradients { try target.logits(inputs) }
      return (logits, loss(logits, labels: labels, targets: targets), inputs)
    }
    return try target.gradient(at: inputs) { loss($0, labels: labels, targets: targets) }
  }

  /// In L1, features that stand at the edge of the box and are pushed outwards would use up the
  /// sparse step for nothing (Croce and Hein, "Mind the box", ICML 2021).
  private func free(_ gradient: Tensor, at inputs: Tensor, _ ball: Ball) -> Tensor {
    guard ball.norm is L1, let box = ball.box else { return gradient }
    let low = inputs.lessOrEqual(to: box.lowerBound).and(gradient.less(than: 0))
    let high = inputs.greaterOrEqual(to: box.upperBound).and(gradient.greater(than: 0))
    return gradient.filled(where: low.or(high), with: 0)
  }
}
