import Foundation
import Torch

/// What attacks that only hear decisions share: a first point on the wrong side.
struct BoundaryStart {
  /// How many points are tried for an example, at least 1.
  let tries: Int
  /// Inputs to start from; noise where there are none.
  let pool: StartingPool?
  /// What streams are named after.
  let purpose: String

  /// A start of an attack.
  ///
  /// - Throws: ``PerturbationError/needsStarts(attack:)`` for a class to reach without a pool: noise is hardly
  ///   ever of one class.
  init(
    tries: Int, pool: StartingPool?, purpose: String, goal: Goal
  ) throws(PerturbationError) {
    guard goal == .untargeted || pool != nil else { throw .needsStarts(attack: purpose) }
    (self.tries, self.pool, self.purpose) = (tries, pool, purpose)
  }

  /// A point on the wrong side for every active example, `[n, …]`; examples without one leave.
  func find(_ search: inout Search, _ context: Context) throws -> Tensor {
    var found = search.origin
    var isFound = Array(repeating: false, count: search.count)
    var queues = try pool?.queues(for: search)
    for attempt in 0..<tries where !search.isOver {
      let rows = isFound.indices.filter { row in
        !isFound[row] && queues.map { attempt < $0[row].count } ?? true
      }
      guard !rows.isEmpty else { break }
      let drawn =
        if let pool, let queues {
          difference(pool.inputs.selecting(rows: rows.map { queues[$0][attempt] }), search, rows)
        } else {
          noise(search, rows, attempt, context)
        }
      let candidates = search.room?.selecting(rows).clip(drawn) ?? drawn
      let answer = try search.ask(candidates, of: rows)
      found = found.replacing(rows, with: candidates, where: answer.brokenRows)
      for row in answer.brokenRows { isFound[rows[row]] = true }
      guard let staying = answer.staying else { continue }
      found = found.selecting(rows: staying)
      isFound = staying.map { isFound[$0] }
      queues = queues.map { queues in staying.map { queues[$0] } }
    }
    let rows = isFound.indices.filter { isFound[$0] }
    search.keep(rows)
    return found.selecting(rows: rows)
  }

  /// Uniform over the box; where there is none, normal noise that grows from the size of the example.
  private func noise(
    _ search: Search, _ rows: [Int], _ attempt: Int, _ context: Context
  ) -> Tensor {
    let (centers, ball) = (search.centers.selecting(rows: rows), search.ball)
    let shape = Array(centers.shape.dropFirst())
    var streams = context.streams(
      "\(purpose).start.\(attempt)", examples: rows.map { search.indices[$0] })
    if ball.box != nil, let room = search.room?.selecting(rows) {
      let share = Tensor.uniform(shape, dtype: centers.dtype, perExample: &streams)
        .to(centers.device)
      return room.low + (room.high - room.low) * share
    }
    let size = centers.divided(by: ball.scale).examplesFlattened.squared().mean(along: 1).sqrt()
    let scale = size.where(size.greater(than: 0), else: 1) * Foundation.pow(1.2, Double(attempt))
    let normal = Tensor.normal(shape, dtype: centers.dtype, perExample: &streams)
    return normal.to(centers.device) * scale.broadcastable(toRank: centers.rank)
  }

  /// What leads from clean inputs to others, in units of the scale.
  private func difference(_ inputs: Tensor, _ search: Search, _ rows: [Int]) -> Tensor {
    let inputs = inputs.to(search.centers.dtype).to(search.centers.device)
    return (inputs - search.centers.selecting(rows: rows)).divided(by: search.ball.scale)
  }
}

extension Answer {
  /// The rows on which the attack has succeeded.
  var brokenRows: [Int] {
    isBroken.values(as: Bool.self).enumerated().filter(\.element).map(\.offset)
  }
}

extension Tensor {
  /// In units of a scale, where there is one.
  fileprivate func divided(by scale: Tensor?) -> Tensor { scale.map { self / $0 } ?? self }

  /// Some rows replaced by those candidates that are chosen; the candidates belong to `rows`.
  func replacing(_ rows: [Int], with candidates: Tensor, where chosen: [Int]) -> Tensor {
    guard !chosen.isEmpty else { return self }
    let places = Tensor(chosen.map { rows[$0] }).to(device)
    return replacing(at: [places], with: candidates.selecting(rows: chosen))
  }
}
