import Torch

/// What is asked of the model, and what is remembered of it.
extension Search {
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
}
