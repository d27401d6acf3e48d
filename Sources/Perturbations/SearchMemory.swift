import Torch

/// What a search remembers of every example of its batch.
struct SearchMemory {
  /// The best input of every example, `[N, …]`.
  private(set) var best: Tensor
  /// Whether the model fails on it.
  private(set) var isBroken: [Bool]
  /// How far it is from the clean input, where the model fails on it: zero for clean failures,
  /// infinite without a failure. For attacks that look for any failure inside the ball it is zero, since
  /// it does not matter.
  private(set) var distance: [Double]
  private(set) var iterations: [Int]
  private(set) var queries: [Int]
  private(set) var gradients: [Int]
  private var loss: [Double]

  init(_ inputs: Tensor, isBroken: [Bool], queries: Int) {
    let count = isBroken.count
    best = inputs
    self.isBroken = isBroken
    distance = isBroken.map { $0 ? 0 : .infinity }
    iterations = Array(repeating: 0, count: count)
    self.queries = Array(repeating: queries, count: count)
    gradients = Array(repeating: 0, count: count)
    loss = Array(repeating: -.infinity, count: count)
  }

  /// One candidate for each of some examples.
  struct Candidates {
    let positions: [Int]
    let inputs: Tensor
    let lengths: Tensor?
    let losses: Tensor
    let isBroken: Tensor
    let queries: Int
    let gradients: Int
    let countsIteration: Bool
  }

  /// Counts what candidates have cost.
  mutating func count(_ candidates: Candidates) {
    for position in candidates.positions {
      queries[position] += candidates.queries
      gradients[position] += candidates.gradients
      if candidates.countsIteration { iterations[position] += 1 }
    }
  }

  /// Counts what candidates have cost and remembers those that are the best so far.
  mutating func record(_ candidates: Candidates, aim: Search.Aim) {
    count(candidates)
    let broken = candidates.isBroken.values(as: Bool.self)
    let lengths = candidates.lengths?.values(as: Double.self)
    let losses = aim == .anyFailure ? candidates.losses.values(as: Double.self) : []
    var improved: [Int] = []
    for (row, position) in candidates.positions.enumerated() {
      let isBetter =
        if let lengths {
          broken[row] && lengths[row] < distance[position]
        } else {
          !isBroken[position]
            && (broken[row] || losses[row] > loss[position] || loss[position] == -.infinity)
        }
      guard isBetter else { continue }
      if broken[row] { distance[position] = lengths?[row] ?? 0 }
      if lengths == nil { loss[position] = losses[row] }
      isBroken[position] = broken[row]
      improved.append(row)
    }
    keep(candidates, rows: improved)
  }

  private mutating func keep(_ candidates: Candidates, rows: [Int]) {
    guard !rows.isEmpty else { return }
    guard rows.count < best.size(0) else {
      best = candidates.inputs
      return
    }
    let positions = Tensor(rows.map { candidates.positions[$0] }).to(best.device)
    best = best.replacing(at: [positions], with: candidates.inputs.selecting(rows: rows))
  }
}
