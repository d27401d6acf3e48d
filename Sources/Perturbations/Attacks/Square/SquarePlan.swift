import Torch

/// What all walks of a square attack share: the layout of examples and the schedule of window sizes.
struct SquarePlan {
  /// How many planes an example has: its channels, or 1 for a table.
  let channels: Int
  /// The rows of a plane; 1 for a table.
  let height: Int
  /// The columns of a plane, or the features of a table.
  let width: Int
  /// Whether examples are images, so that windows are squares.
  let isImage: Bool
  /// Which features of the flattened example can be moved.
  let isFree: [Bool]
  /// How long perturbations may be.
  let radius: Float
  /// Whether lengths are Euclidean, else sums of magnitudes.
  let isEuclidean: Bool
  /// How many proposals a walk makes.
  let proposals: Int
  private let share: Double
  private let rescalesSchedule: Bool

  init(_ attack: Square, _ batch: Batch, _ ball: Ball) {
    let shape = Array(batch.inputs.shape.dropFirst())
    let count = shape.reduce(1, *)
    isImage = shape.count == 3
    (channels, height, width) = isImage ? (shape[0], shape[1], shape[2]) : (1, 1, count)
    isFree =
      ball.mask?.values(as: Float.self).map { $0 != 0 } ?? Array(repeating: true, count: count)
    radius = Float(ball.radius)
    isEuclidean = !(ball.norm is L1)
    proposals = attack.queries
    share = attack.share
    rescalesSchedule = attack.rescalesSchedule
  }

  /// The features of a plane.
  var plane: Int { height * width }

  /// The side of the square of a proposal, counted from 0, or the features of a table's subset.
  func size(at proposal: Int) -> Int {
    let features = share(at: proposal) * Double(plane)
    guard isImage else { return min(max(Int(features.rounded()), 1), plane) }
    return min(max(Int(features.squareRoot().rounded()), 1), height, width)
  }

  /// The same for windows of bumps, whose sides are odd and at least 3 where that fits.
  func oddSize(at proposal: Int) -> Int {
    let size = size(at: proposal)
    guard isImage else { return size }
    let odd = max(size, 3) | 1
    let limit = min(height, width)
    return odd <= limit ? odd : limit - (limit + 1) % 2
  }

  /// Halved at fixed numbers of proposals (section 3.2 of the paper).
  private func share(at proposal: Int) -> Double {
    let step = rescalesSchedule ? proposal * 10_000 / proposals : proposal
    let halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000].prefix { step > $0 }.count
    return share / Double(1 << halvings)
  }

  /// The positions in a plane of a random window: a square, or a subset of a table's features.
  ///
  /// - Parameter order: an order of a table's features, which is shuffled further.
  func window(_ size: Int, _ stream: inout RandomStream, order: inout [Int]) -> [Int] {
    guard isImage else {
      for index in 0..<size {
        order.swapAt(index, Int.random(in: index..<order.count, using: &stream))
      }
      return Array(order[..<size])
    }
    let top = Int.random(in: 0...(height - size), using: &stream)
    let left = Int.random(in: 0...(width - size), using: &stream)
    return square(top, left, size)
  }

  /// The positions in a plane of a square, row by row.
  func square(_ top: Int, _ left: Int, _ size: Int) -> [Int] {
    var positions: [Int] = []
    positions.reserveCapacity(size * size)
    for row in top..<top + size {
      for column in left..<left + size { positions.append(row * width + column) }
    }
    return positions
  }
}

extension RandomStream {
  /// One or minus one.
  mutating func sign() -> Float { next() >> 63 == 0 ? 1 : -1 }
}
