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
  private let batch: Batch
  private let aim: Aim
  private let stopsEarly: Bool
  private let confidence: Double
  private let allTargets: Tensor?
  private let allCleanLogits: Tensor
  private var memory: SearchMemory
  /// Positions in the batch that are still searched.
  private(set) var active: [Int]
  /// The inputs of the active examples, `[n, …]`.
  private(set) var centers: Tensor
  /// The classes of the active examples, `[n]`.
  private(set) var labels: Tensor
  /// The classes to reach, `[n]`; `nil` where any but the true one will do.
  private(set) var targets: Tensor?
  /// The classes that losses lead to, `[n]`, where these are others than ``targets``.
  private var heading: Tensor?
  /// How far features can move; `nil` where nothing but the radius bounds them.
  private(set) var room: Room?

  /// A function from inputs and the positions in the batch that they belong to.
  struct Model {
    let target: Target
    /// What stands between inputs and the target for some examples.
    var adapted: (@Sendable (_ positions: [Int]) -> Target)?

    func callAsFunction(_ positions: [Int]) -> Target { adapted?(positions) ?? target }
  }

  /// Asks the model about the clean inputs; those on which the attack has succeeded already are
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
    let clean = try withoutGradients { [model] in try model(all).logits(batch.inputs) }
    let targets = try goal.targets(of: batch, cleanLogits: clean)
    let isBroken = Search.isBroken(clean, batch.labels, targets).values(as: Bool.self)
    memory = SearchMemory(batch.inputs, isBroken: isBroken, queries: target.samples)
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

  private func inputs(_ perturbation: Tensor, around centers: Tensor) -> Tensor {
    var change = perturbation
    if let mask = ball.mask { change = change * mask }
    if let scale = ball.scale { change = change * scale }
    return ball.domain.snapped(ball.clip(centers + change), around: centers, in: ball)
  }

  /// The perturbations, in units of the scale, that lead to some inputs.
  func perturbation(of inputs: Tensor) -> Tensor {
    ball.scale.map { (inputs - centers) / $0 } ?? inputs - centers
  }

  /// Asks about one candidate for every active example.
  mutating func ask(
    _ perturbation: Tensor, _ loss: AttackLoss = .margin, countsIteration: Bool = true
  ) throws -> Answer {
    try answer(perturbation, loss, needsGradient: false, countsIteration)
  }

  /// Asks about one candidate for every active example, with the gradient of a loss.
  ///
  /// - Parameter remembers: whether the candidates count: false for a detour through perturbations that
  ///   are longer than the radius.
  mutating func climb(
    _ perturbation: Tensor, _ loss: AttackLoss, countsIteration: Bool = true,
    remembers: Bool = true
  ) throws -> Answer {
    try answer(perturbation, loss, needsGradient: true, countsIteration, remembers)
  }

  private mutating func answer(
    _ perturbation: Tensor, _ loss: AttackLoss, needsGradient: Bool, _ countsIteration: Bool,
    _ remembers: Bool = true
  ) throws -> Answer {
    let candidates = inputs(perturbation)
    let answer = try ask(
      model(active), candidates, loss, labels, targets, heading ?? targets, needsGradient)
    return remember(
      answer, of: candidates, gradients: needsGradient ? 1 : 0, countsIteration, remembers)
  }

  /// Remembers an answer about one candidate for every active example, and what it cost.
  ///
  /// - Parameters:
  ///   - gradients: the number of gradients that were asked for.
  ///   - remembers: whether the candidates count, and not their cost alone.
  /// - Returns: the answer for those that stay.
  mutating func remember(
    _ answer: Answer, of candidates: Tensor, gradients: Int, _ countsIteration: Bool,
    _ remembers: Bool = true
  ) -> Answer {
    let found = SearchMemory.Candidates(
      positions: active, inputs: candidates, lengths: lengths(of: candidates, around: centers),
      losses: answer.losses, isBroken: answer.isBroken, queries: model.target.samples,
      gradients: gradients * model.target.samples, countsIteration: countsIteration)
    if remembers {
      memory.record(found, aim: aim)
    } else {
      memory.count(found)
    }
    return leave(answer)
  }

  private func ask(
    _ target: Target, _ candidates: Tensor, _ loss: AttackLoss, _ labels: Tensor,
    _ targets: Tensor?, _ heading: Tensor?, _ needsGradient: Bool
  ) throws -> Answer {
    guard needsGradient else {
      let logits = try withoutGradients { try target.logits(candidates) }
      return Answer(
        logits: logits, losses: loss(logits, labels: labels, targets: heading),
        gradient: Tensor(Float(0)),
        isBroken: Search.isBroken(logits, labels, targets, confidence))
    }
    let found = try target.gradient(at: candidates) { loss($0, labels: labels, targets: heading) }
    return Answer(
      logits: found.logits, losses: found.losses, gradient: steered(found.gradient),
      isBroken: Search.isBroken(found.logits, labels, targets, confidence))
  }

  /// Asks about one candidate for some of the active examples, `[rows.count, …]`.
  ///
  /// - Returns: what the model said to these, whether they stay or not; ``Answer/staying`` speaks of
  ///   all active examples.
  mutating func ask(
    _ perturbation: Tensor, of rows: [Int], _ loss: AttackLoss = .margin
  ) throws -> Answer {
    let around = centers.selecting(rows: rows)
    let candidates = inputs(perturbation, around: around)
    let positions = rows.map { active[$0] }
    var answer = try ask(
      model(positions), candidates, loss, labels.selecting(rows: rows),
      targets?.selecting(rows: rows), (heading ?? targets)?.selecting(rows: rows), false)
    memory.record(
      SearchMemory.Candidates(
        positions: positions, inputs: candidates, lengths: lengths(of: candidates, around: around),
        losses: answer.losses, isBroken: answer.isBroken, queries: model.target.samples,
        gradients: 0, countsIteration: true),
      aim: aim)
    let staying = remaining()
    if staying.count < active.count {
      reduce(to: staying)
      answer.staying = staying
    }
    return answer
  }

  /// Ends the search for all active examples but those at some rows.
  mutating func keep(_ rows: [Int]) { reduce(to: rows) }

  /// Asks about several candidates for every active example, `[n, m, …]`.
  ///
  /// Examples that cannot afford all of them leave without being asked about.
  ///
  /// - Returns: logits `[n, m, K]`, losses and failures `[n, m]`.
  mutating func askMany(_ perturbations: Tensor, _ loss: AttackLoss = .margin) throws -> Answer {
    let m = perturbations.size(1)
    let able = active.indices.filter { canAfford(m, active[$0]) }
    let asked = able.count < count ? perturbations.selecting(rows: able) : perturbations
    reduce(to: able)
    guard !isOver else {
      let none = Tensor.zeros([0, m])
      return Answer(logits: none, losses: none, gradient: none, isBroken: none, staying: [])
    }
    func repeated(_ tensor: Tensor) -> Tensor { tensor.repeatedInterleaving(m, along: 0) }
    let around = repeated(centers)
    let candidates = inputs(asked.reshaped(around.shape), around: around)
    let positions = active.flatMap { Array(repeating: $0, count: m) }
    let answer = try ask(
      model(positions), candidates, loss, repeated(labels), targets.map(repeated),
      (heading ?? targets).map(repeated), false)
    record(answer, candidates, around: around, m)
    let left = leave(
      Answer(
        logits: answer.logits.reshaped([count, m, -1]), losses: answer.losses.reshaped([count, m]),
        gradient: answer.gradient, isBroken: answer.isBroken.reshaped([count, m])))
    let staying = left.staying?.map { able[$0] } ?? able
    var result = left
    result.staying = staying.count < perturbations.size(0) ? staying : nil
    return result
  }

  /// Remembers the best of several candidates of every active example.
  private mutating func record(
    _ answer: Answer, _ candidates: Tensor, around centers: Tensor, _ m: Int
  ) {
    let lengths = lengths(of: candidates, around: centers)
    let merit =
      if let lengths {
        (-lengths).where(answer.isBroken, else: -.infinity)
      } else {
        answer.losses.filled(where: answer.isBroken, with: .infinity)
      }
    let best = merit.reshaped([count, m]).argmax(along: 1) + Tensor.range(0..<count) * m
    memory.record(
      SearchMemory.Candidates(
        positions: active, inputs: candidates.selecting(rows: best),
        lengths: lengths?.selecting(rows: best), losses: answer.losses.selecting(rows: best),
        isBroken: answer.isBroken.selecting(rows: best), queries: m * model.target.samples,
        gradients: 0, countsIteration: true),
      aim: aim)
  }

  /// The gradient with respect to perturbations: of features that can be moved, in units of the scale.
  func steered(_ gradient: Tensor) -> Tensor {
    var gradient = gradient
    if let mask = ball.mask { gradient = gradient * mask }
    if let scale = ball.scale { gradient = gradient * scale }
    return gradient
  }

  /// Lengths are only known where they decide: inside the ball any failure is as good as another.
  private func lengths(of candidates: Tensor, around centers: Tensor) -> Tensor? {
    aim == .shortest ? ball.length(of: candidates - centers) : nil
  }

  private mutating func leave(_ answer: Answer) -> Answer {
    let staying = active.indices.filter { isSearched(active[$0]) }
    guard staying.count < active.count else { return answer }
    reduce(to: staying)
    return answer.selecting(staying)
  }

  /// Returns all examples that are not broken to the search, for another restart.
  mutating func restart() {
    active = Array(batch.indices.indices)
    (centers, labels, targets, heading) = (batch.inputs, batch.labels, allTargets, nil)
    room = Room(around: batch.inputs, in: ball)
    reduce(to: remaining())
  }

  private func remaining() -> [Int] { active.indices.filter { isSearched(active[$0]) } }

  private func isSearched(_ position: Int) -> Bool {
    guard canAfford(1, position) else { return false }
    guard memory.isBroken[position] else { return true }
    guard aim == .shortest else { return !stopsEarly }
    // A clean failure has the distance zero: there is nothing shorter to look for.
    let distance = memory.distance[position]
    return distance > 0 && (!stopsEarly || ball.radius.isInfinite || distance > ball.radius)
  }

  private func canAfford(_ answers: Int, _ position: Int) -> Bool {
    guard let budget = model.target.queryBudget else { return true }
    return memory.queries[position] + answers * model.target.samples <= budget
  }

  /// Lets all but some of the active examples rest until the next ``restart()``.
  ///
  /// - Parameter rows: the rows that go on, ascending.
  mutating func reduce(to rows: [Int]) {
    guard rows.count < active.count else { return }
    active = rows.map { active[$0] }
    centers = centers.selecting(rows: rows)
    labels = labels.selecting(rows: rows)
    targets = targets?.selecting(rows: rows)
    heading = heading?.selecting(rows: rows)
    room = room?.selecting(rows)
  }

  /// The classes that the model finds most likely on the clean examples beside their own, best first,
  /// for every active example: `[n, min(count, K - 1)]`.
  func rivals(_ count: Int) -> Tensor {
    let clean = cleanLogits
    let isOwn = labels.oneHot(classCount: clean.size(1)).to(.bool)
    let ranked = clean.filled(where: isOwn, with: -.infinity).sorted(along: 1, descending: true)
    return ranked.indices.narrowed(to: 0..<min(count, clean.size(1) - 1), along: 1)
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

  /// The result for the whole batch.
  func result() -> AttackResult {
    let lengths = ball.length(of: memory.best - batch.inputs).values(as: Double.self)
    // Attacks that look for any failure inside the ball have asked about nothing outside of it.
    let isInside = lengths.map { aim == .anyFailure || $0 <= ball.radius * (1 + 1e-6) }
    let success = memory.isBroken.indices.map { memory.isBroken[$0] && isInside[$0] }
    let outside = success.indices.filter { !isInside[$0] }
    // A failed attack gives back something inside the ball, and no distance.
    let adversarial =
      outside.isEmpty
      ? memory.best
      : memory.best.replacing(
        at: [Tensor(outside)], with: batch.inputs.selecting(rows: outside))
    return AttackResult(
      indices: batch.indices, adversarial: adversarial, success: success,
      distance: zip(success, lengths).map { $0 ? $1 : nil }, iterations: memory.iterations,
      queries: memory.queries, gradients: memory.gradients)
  }
}
