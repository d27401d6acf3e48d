import Torch

/// The walk in the Euclidean norm and L1: length moves from one window to another.
struct MassWalk: SquareWalk {
  private let plan: SquarePlan
  private var stream: RandomStream
  private var proposal = 0
  private(set) var loss = -Float.infinity
  private(set) var values: [Float]
  /// The best perturbation so far.
  private var best: [Float] = []
  private var order: [Int]

  /// A tiling with bumps of the full radius each, or random signs in a table.
  init(_ plan: SquarePlan, _ stream: RandomStream) {
    self.plan = plan
    self.stream = stream
    order = plan.isImage ? [] : Array(0..<plan.plane)
    values = Array(repeating: 0, count: plan.channels * plan.plane)
    guard plan.isImage else {
      for feature in values.indices where plan.isFree[feature] {
        values[feature] = self.stream.sign() * plan.radius
      }
      return
    }
    let size = max(1, min(plan.height, plan.width) / 5)
    let (rows, columns) = (plan.height / size, plan.width / size)
    let (top, left) = ((plan.height - rows * size) / 2, (plan.width - columns * size) / 2)
    for row in 0..<rows {
      for column in 0..<columns {
        let window = plan.square(top + row * size, left + column * size, size)
        let bump = bump(size)
        for channel in 0..<plan.channels {
          let sign = self.stream.sign()
          for (position, height) in zip(window, bump) {
            set(channel * plan.plane + position, sign * height * plan.radius)
          }
        }
      }
    }
  }

  /// At the full radius, then inside the room; in L1 the nearest point of ball and room.
  static func perturbations(of walks: [MassWalk], _ search: Search) -> Tensor {
    let moved = stacked(walks, search)
    guard search.ball.norm is L2 else { return search.project(moved) }
    return search.project(search.ball.norm.normalised(moved) * search.ball.radius)
  }

  static func values(of perturbations: Tensor, rows: [Int]) -> [[Float]] {
    guard !rows.isEmpty else { return [] }
    let taken = perturbations.selecting(rows: rows).values(as: Float.self)
    let size = taken.count / rows.count
    return rows.indices.map { Array(taken[$0 * size..<($0 + 1) * size]) }
  }

  mutating func settle(_ loss: Float?, _ taken: [Float]) {
    guard let loss else { return }
    self.loss = loss
    best = taken
  }

  /// Gives the first window a bump on top of what it has, and what the ball has left and the second
  /// window had as its length (algorithm 3, channel by channel).
  mutating func propose() -> Bool {
    guard proposal < plan.proposals else { return false }
    // The model can answer with no number from the start on; then there is nothing to go on from.
    if best.isEmpty { best = Array(repeating: 0, count: values.count) }
    let size = plan.oddSize(at: proposal)
    let first = plan.window(size, &stream, order: &order)
    let second = plan.window(size, &stream, order: &order)
    let bump = bump(size)
    proposal += 1
    values = best
    let whole = best.reduce(0) { $0 + power($1) }
    let left = max(power(plan.radius) - whole, 0) / Float(plan.channels)
    for channel in 0..<plan.channels {
      move(channel * plan.plane, first, second, bump, left: left)
    }
    return true
  }

  private mutating func move(
    _ offset: Int, _ first: [Int], _ second: [Int], _ bump: [Float], left: Float
  ) {
    let sign = stream.sign()
    let old = first.reduce(Float(0)) { $0 + power(best[offset + $1]) }
    for position in first { values[offset + position] = 0 }
    let other = second.reduce(Float(0)) { $0 + power(values[offset + $1]) }
    for position in second { values[offset + position] = 0 }
    let oldLength = max(root(old), .leastNormalMagnitude)
    let shape = zip(first, bump).map { sign * $1 + best[offset + $0] / oldLength }
    let length = max(root(shape.reduce(0) { $0 + power($1) }), 1e-12)
    let factor = root(left + old + other) / length
    for (position, height) in zip(first, shape) { set(offset + position, height * factor) }
  }

  private mutating func set(_ feature: Int, _ value: Float) {
    if plan.isFree[feature] { values[feature] = value }
  }

  private func power(_ value: Float) -> Float { plan.isEuclidean ? value * value : abs(value) }
  private func root(_ value: Float) -> Float { plan.isEuclidean ? value.squareRoot() : value }

  /// Heights of length 1 for a window: two halves of opposite signs, beside or on top of one another;
  /// random signs in a table.
  private mutating func bump(_ size: Int) -> [Float] {
    guard plan.isImage else { return normalised((0..<size).map { _ in stream.sign() }) }
    let upper = normalised(hill(rows: size / 2, columns: size))
    let lower = normalised(hill(rows: size - size / 2, columns: size))
    let heights = normalised(upper + lower.map { -$0 })
    guard stream.sign() < 0 else { return heights }
    return (0..<size * size).map { heights[$0 % size * size + $0 / size] }
  }

  /// Concentric boxes, the k-th of height 1/k² (equation 2 of the paper).
  private func hill(rows: Int, columns: Int) -> [Float] {
    let boxes = max(rows / 2, columns / 2) + 1
    var heights = [Float](repeating: 0, count: boxes + 1)
    for box in (0..<boxes).reversed() {
      heights[box] = heights[box + 1] + 1 / Float((box + 1) * (box + 1))
    }
    return (0..<rows * columns).map { index in
      heights[max(abs(index / columns - rows / 2), abs(index % columns - columns / 2))]
    }
  }

  private func normalised(_ heights: [Float]) -> [Float] {
    let length = max(root(heights.reduce(0) { $0 + power($1) }), 1e-12)
    return heights.map { $0 / length }
  }
}
