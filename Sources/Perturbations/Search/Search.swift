import Torch

/// The model as an attack on one batch sees it: it answers, counts, keeps to the query budget and
/// remembers the best answer for every example.
///
/// Attacks work with perturbations in units of the ball's scale, `[n, …]`, one for each example that is
/// still searched, in order. Mask, scale, box and domain are taken care of here: ``room`` says how far
/// features can move, and a candidate is the nearest valid input. Examples leave once they are broken
/// or have no queries left, and ``Answer/staying`` says which stay.
struct Search {
  /// Which of an example's candidates is the best.
  enum Aim {
    /// The first inside the ball that makes the model fail; until there is one, that with the largest
    /// loss.
    case anyFailure
    /// The shortest that makes the model fail.
    case shortest
  }

  /// What the perturbations are bounded by.
  let ball: Ball
  let model: Model
  let batch: Batch
  let aim: Aim
  let stopsEarly: Bool
  let confidence: Double
  let allTargets: Tensor?
  private let allCleanLogits: Tensor
  private var ranked: Tensor?
  /// What is known of every example of the batch.
  var memory: SearchMemory
  /// Positions in the batch that are still searched.
  var active: [Int]
  /// The inputs of the active examples, `[n, …]`.
  var centers: Tensor
  /// The classes of the active examples, `[n]`.
  var labels: Tensor
  /// The classes to reach, `[n]`; `nil` where any but the true one will do.
  var targets: Tensor?
  /// The classes that losses lead to, `[n]`, where these are others than ``targets``.
  var heading: Tensor?
  /// How far features can move; `nil` where nothing but the radius bounds them.
  var room: Room?

  /// A function from inputs and the positions in the batch that they belong to.
  struct Model {
    let target: Target
    /// What stands between inputs and the target for some examples.
    var adapted: (@Sendable (_ positions: [Int]) -> Target)?

    func callAsFunction(_ positions: [Int]) -> Target { adapted?(positions) ?? target }
  }

  /// Asks the model about the clean inputs, where the target does not know already; those on which the attack has succeeded already are
  /// broken at distance zero.
  ///
  /// - Parameters:
  ///   - goal: what the attack is after.
  ///   - aim: which candidates are kept.
  ///   - stopsEarly: whether examples leave once they are broken inside the radius. With an infinite
  ///     one the shortest failure is looked for to the end.
  ///   - confidence: by how much the wrong class must lead for a candidate to count as a failure.
  ///   - adapted: a target for the examples at some positions of the batch, where it depends on them.
  /// - Throws: what the target throws, and ``PerturbationError`` for targets that are no classes.
  init(
    _ target: Target, _ batch: Batch, within ball: Ball, goal: Goal = .untargeted,
    aim: Aim = .anyFailure, stopsEarly: Bool = true, confidence: Double = 0,
    adapted: (@Sendable (_ positions: [Int]) -> Target)? = nil
  ) throws {
    try PerturbationError.requireNumbers(batch.inputs)
    self.ball = ball
    self.batch = batch
    self.aim = aim
    self.stopsEarly = stopsEarly
    self.confidence = confidence
    model = Model(target: target, adapted: adapted)
    let all = Array(batch.indices.indices)
    let known = adapted == nil ? target.knownLogits(of: batch) : nil
    let clean =
      try known ?? withoutGradients { [model] in try model(all).logits(batch.inputs) }
    let targets = try goal.targets(of: batch, cleanLogits: clean)
    let isBroken = Search.isBroken(clean, batch.labels, targets).values(as: Bool.self)
    memory = SearchMemory(
      batch.inputs, isBroken: isBroken, queries: known == nil ? target.samples : 0)
    active = all
    (centers, labels) = (batch.inputs, batch.labels)
    (self.targets, allTargets, allCleanLogits) = (targets, targets, clean)
    room = Room(around: batch.inputs, in: ball)
    let kept = remaining()
    if kept.count < all.count { reduce(to: kept) }
  }

  /// The number of examples that are still searched.
  var count: Int { active.count }
  /// Whether no example is searched any longer.
  var isOver: Bool { active.isEmpty }
  /// Data-set indices of the active examples.
  var indices: [Int] { active.map { batch.indices[$0] } }
  /// What the model says to the clean inputs of the active examples, `[n, K]`.
  var cleanLogits: Tensor { allCleanLogits.selecting(rows: active) }
  /// No perturbation, `[n, …]`.
  var origin: Tensor { Tensor.zeros(like: centers) }
  /// The length of the shortest perturbation known for every active example, infinite for none, `[n]`.
  var shortest: Tensor { Tensor(active.map { memory.distance[$0] }).to(centers.dtype) }
  /// The shortest known perturbation of every active example, `[n, …]`; zero where there is none.
  var best: Tensor { perturbation(of: memory.best.selecting(rows: active)) }

  /// The nearest perturbations inside the ball, or one of another radius, and the room.
  func project(_ perturbation: Tensor, radius: Double? = nil) -> Tensor {
    ball.norm.project(perturbation, radius: radius ?? ball.radius, within: room)
  }

  /// From now on losses are those of reaching some classes, `[n]`, until the next restart. What counts as
  /// success stays the same.
  mutating func head(for classes: Tensor) { heading = classes }

  /// Perturbations drawn uniformly from the ball and then limited to the room.
  func randomPerturbations(_ purpose: String, _ context: Context) -> Tensor {
    var streams = context.streams(purpose, examples: indices)
    let shape = Array(centers.shape.dropFirst())
    let points = ball.norm.randomPoints(
      shape, radius: ball.radius, dtype: centers.dtype, streams: &streams
    ).to(centers.device)
    return room?.clip(points) ?? points
  }

  /// The valid inputs nearest to some perturbations of the active examples.
  func inputs(_ perturbation: Tensor) -> Tensor { inputs(perturbation, around: centers) }

  /// The valid inputs nearest to some perturbations of some inputs.
  func inputs(_ perturbation: Tensor, around centers: Tensor) -> Tensor {
    var change = perturbation
    if let mask = ball.mask { change = change * mask }
    if let scale = ball.scale { change = change * scale }
    return ball.domain.snapped(ball.clip(centers + change), around: centers, in: ball)
  }

  /// The perturbations, in units of the scale, that lead to some inputs.
  func perturbation(of inputs: Tensor) -> Tensor {
    ball.scale.map { (inputs - centers) / $0 } ?? inputs - centers
  }

  /// The classes that the model finds most likely on the clean examples beside their own, best first,
  /// for every active example: `[n, min(count, K - 1)]`.
  mutating func rivals(_ count: Int) -> Tensor {
    let ranked = ranking().selecting(rows: active)
    return ranked.narrowed(to: 0..<min(count, ranked.size(1)), along: 1)
  }

  /// One of these classes, 0 being the most likely, `[n]`.
  mutating func rival(_ rank: Int) -> Tensor {
    ranking().select(rank, along: 1).selecting(rows: active)
  }

  /// The wrong classes of all examples of the batch, most likely first, `[N, K - 1]`: ranked once.
  private mutating func ranking() -> Tensor {
    if let ranked { return ranked }
    let isOwn = batch.labels.oneHot(classCount: allCleanLogits.size(1)).to(.bool)
    let sorted = allCleanLogits.filled(where: isOwn, with: -.infinity)
      .sorted(along: 1, descending: true)
    let all = sorted.indices.narrowed(to: 0..<(allCleanLogits.size(1) - 1), along: 1)
    ranked = all
    return all
  }

  /// Whether the attack has succeeded: on the wrong class, or on the one to reach, which leads by more
  /// than a confidence.
  static func isBroken(
    _ logits: Tensor, _ labels: Tensor, _ targets: Tensor?, _ confidence: Double = 0
  ) -> Tensor {
    var logits = logits
    if confidence > 0 {
      let lead =
        (targets ?? labels).oneHot(classCount: logits.size(1)).to(logits.dtype) * confidence
      logits = targets == nil ? logits + lead : logits - lead
    }
    return targets.map { Target.isCorrect(logits, $0) } ?? Target.isCorrect(logits, labels).not()
  }
}
