import Torch

/// The search for one perturbation that breaks many examples.
struct UniversalFit {
  /// What breaks the most of the examples, `[1, …]`, in units of the ball's scale.
  private(set) var best: Tensor
  private let attack: UniversalPerturbation
  private let ball: Ball
  private let context: Context
  private let epochs: Int
  /// Searches of some examples each, which are asked side by side.
  private var parts: [Search] = []
  private var results: [AttackResult] { parts.map { $0.result() } }

  /// Examples that share a search: their number is fixed, so that sums do not depend on the engine.
  private var partSize: Int { min(25, attack.batchSize) }

  init(
    _ attack: UniversalPerturbation, _ target: Target, _ batch: Batch, _ ball: Ball,
    _ context: Context
  ) throws {
    self.attack = attack
    self.ball = ball
    self.context = context
    let shape = Array(batch.inputs.shape.dropFirst())
    best = Tensor.zeros([1] + shape, dtype: batch.inputs.dtype, device: batch.inputs.device)
    // Two passes an epoch, one for the clean inputs here, and two where the result is judged.
    let affordable = target.queryBudget.map { ($0 / target.samples - 3) / 2 } ?? attack.epochs
    epochs = min(attack.epochs, affordable)
    guard epochs > 0 else { return }
    let unlimited = try target.limited(toQueries: .max)
    let size = partSize
    parts = try context.pool.map((batch.count + size - 1) / size) { part in
      try attempt {
        let range = part * size..<min((part + 1) * size, batch.count)
        var search = try Search(
          unlimited, batch.slice(range, on: context.device), within: ball, goal: attack.goal,
          stopsEarly: false)
        // Clean failures are broken already, by nothing.
        let distances = search.shortest.values(as: Double.self)
        search.keep(distances.indices.filter { distances[$0] > 0 })
        return search
      }
    }
  }

  /// Whether anything could be asked, so that passes were spent.
  var isEmpty: Bool { parts.isEmpty }

  /// The passes spent on every example, in order.
  var spent: [(queries: Int, gradients: Int)] {
    results.flatMap { Array(zip($0.queries, $0.gradients)) }.map { (queries: $0, gradients: $1) }
  }

  /// Climbs for all epochs.
  ///
  /// - Parameter report: called after each with how many examples it is fitted on and how many of
  ///   these are broken.
  mutating func run(_ report: (_ fitted: Int, _ broken: Int) -> Void) throws {
    var current = best
    var mostBroken = -1
    let group = max(1, attack.batchSize / partSize)
    let batches = (parts.count + group - 1) / group
    for epoch in 0..<max(epochs, 0) where !isEmpty {
      var stream = RandomStream(
        seed: context.seed, purpose: "universal.order", index: UInt64(epoch))
      let order = stream.permutation(of: parts.count)
      for batch in 0..<batches {
        let chosen = Array(order[batch * group..<min((batch + 1) * group, parts.count)])
        let gradient = try gradient(at: current, of: chosen.sorted())
        let share = 1 - Double(epoch * batches + batch) / Double(epochs * batches)
        let step = ball.norm.step(gradient) * (ball.radius * attack.stepShare * share)
        current = ball.norm.project(current + step, radius: ball.radius)
      }
      let broken = try broken(by: current)
      if broken > mostBroken { (mostBroken, best) = (broken, current) }
      report(parts.reduce(0) { $0 + $1.count }, broken)
    }
  }

  /// The sum of the gradients of all losses below the limit, `[1, …]`.
  private mutating func gradient(at point: Tensor, of chosen: [Int]) throws -> Tensor {
    let (loss, limit) = (attack.loss, attack.lossLimit)
    let sums = try ask(chosen) { search in
      let answer = try search.climb(Self.limited(point, search), loss)
      let counts = answer.losses.less(than: limit).to(answer.gradient.dtype)
      let counted = answer.gradient * counts.broadcastable(toRank: answer.gradient.rank)
      return counted.sum(along: 0, keepingDimensions: true)
    }
    return sums.reduce(point * 0, +)
  }

  private mutating func broken(by point: Tensor) throws -> Int {
    let loss = attack.loss
    return try ask(Array(parts.indices)) { search in
      try search.ask(Self.limited(point, search), loss, countsIteration: false).brokenRows.count
    }.reduce(0, +)
  }

  private static func limited(_ point: Tensor, _ search: Search) -> Tensor {
    let all = search.origin + point
    return search.room?.clip(all) ?? all
  }

  /// Applies a function to some parts that have examples, on all workers.
  private mutating func ask<Value: Sendable>(
    _ chosen: [Int], _ body: @escaping @Sendable (inout Search) throws -> Value
  ) throws -> [Value] {
    let open = chosen.filter { !parts[$0].isOver }
    let asked = parts
    let answers = try context.pool.map(open.count) { index in
      try attempt {
        var search = asked[open[index]]
        let value = try body(&search)
        return (search, value)
      }
    }
    for (part, answer) in zip(open, answers) { parts[part] = answer.0 }
    return answers.map(\.1)
  }
}
