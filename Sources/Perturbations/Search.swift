import Torch

/// The bookkeeping that attacks share: the best input found for every example, and which examples
/// are still standing.
///
/// "Best" is the first input on which the model fails; until there is one, the input with the
/// largest loss. Examples that are broken leave the working set at once unless `stopsEarly` is off.
struct Search {
  private let batch: Batch
  private let ball: Ball
  private let stopsEarly: Bool
  private var best: Tensor
  private var bestLoss: [Double]
  private var success: [Bool]
  private var iterations: [Int]
  private var queries: [Int]
  /// Positions in the batch that are still worked on.
  private(set) var active: [Int]

  /// Starts from the clean inputs; those that are misclassified already are broken.
  init(_ batch: Batch, ball: Ball, isBroken: [Bool], stopsEarly: Bool) {
    self.batch = batch
    self.ball = ball
    self.stopsEarly = stopsEarly
    best = batch.inputs
    bestLoss = Array(repeating: -.infinity, count: batch.count)
    success = isBroken
    iterations = Array(repeating: 0, count: batch.count)
    queries = Array(repeating: 1, count: batch.count)
    active = batch.indices.indices.filter { !isBroken[$0] || !stopsEarly }
  }

  /// Inputs of the active examples.
  var centers: Tensor {
    active.count == batch.count ? batch.inputs : batch.inputs.selecting(rows: active)
  }
  /// Labels of the active examples.
  var labels: Tensor {
    active.count == batch.count ? batch.labels : batch.labels.selecting(rows: active)
  }
  /// Data-set indices of the active examples.
  var indices: [Int] { active.map { batch.indices[$0] } }

  /// Takes in what became of candidates for the active examples; returns the positions among them
  /// that stay active, or `nil` when all do.
  mutating func record(
    _ candidates: Tensor, losses: Tensor?, isBroken: Tensor, countsIteration: Bool = true
  ) -> [Int]? {
    let broken = isBroken.values(as: Bool.self)
    let losses = losses?.values(as: Double.self)
    var improved: [Int] = []
    for (row, position) in active.enumerated() {
      queries[position] += 1
      if countsIteration { iterations[position] += 1 }
      guard !success[position] else { continue }
      let loss = losses?[row] ?? -.infinity
      guard broken[row] || loss > bestLoss[position] || bestLoss[position] == -.infinity else {
        continue
      }
      bestLoss[position] = loss
      success[position] = broken[row]
      improved.append(row)
    }
    keep(candidates, rows: improved)
    guard stopsEarly, broken.contains(true) else { return nil }
    let staying = active.indices.filter { !broken[$0] }
    active = staying.map { active[$0] }
    return staying
  }

  /// Returns all examples that are not broken to the working set, for another restart.
  mutating func restart() {
    active = batch.indices.indices.filter { !stopsEarly || !success[$0] }
  }

  private mutating func keep(_ candidates: Tensor, rows: [Int]) {
    guard !rows.isEmpty else { return }
    guard rows.count < batch.count else {
      best = candidates
      return
    }
    let positions = Tensor(rows.map { active[$0] })
    best = best.replacing(at: [positions], with: candidates.selecting(rows: rows))
  }

  /// The result for the whole batch.
  func result() -> AttackResult {
    let lengths = ball.length(of: best - batch.inputs).values(as: Double.self)
    return AttackResult(
      indices: batch.indices, adversarial: best, success: success,
      distance: zip(success, lengths).map { $0 ? $1 : nil }, iterations: iterations,
      queries: queries)
  }
}
