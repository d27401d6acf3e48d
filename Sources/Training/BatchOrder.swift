import Torch

/// Which examples are in the batch of every step: all of them once an epoch in a new order, an
/// incomplete last batch left out.
struct BatchOrder {
  let count: Int
  let batchSize: Int
  private let seed: UInt64
  private let purpose: String
  private var drawn: (epoch: Int, order: [Int])?

  /// An order.
  ///
  /// - Parameter purpose: the name of its random stream.
  init(count: Int, batchSize: Int, seed: UInt64, purpose: String) {
    self.count = count
    self.batchSize = batchSize
    self.seed = seed
    self.purpose = purpose
  }

  var stepsPerEpoch: Int { max(1, count / batchSize) }

  func epoch(of step: Int) -> Int { step / stepsPerEpoch }

  /// The positions of a step's examples in the data set.
  mutating func positions(at step: Int) -> [Int] {
    let epoch = epoch(of: step)
    if drawn?.epoch != epoch {
      var stream = RandomStream(seed: seed, purpose: purpose, index: UInt64(epoch))
      drawn = (epoch, stream.permutation(of: count))
    }
    let start = step % stepsPerEpoch * batchSize
    return Array(drawn?.order[start..<min(count, start + batchSize)] ?? [])
  }
}
