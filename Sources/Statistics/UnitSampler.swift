/// Draws the places of units at random with replacement.
///
/// It gives what `Int.random(in: 0..<count, using:)` gives (Lemire, "Fast random integer generation in
/// an interval", 2019) at a small part of the cost: bootstraps draw many millions of places.
struct UnitSampler {
  private let count: UInt64
  /// Products with a lower half below this would favour some places.
  private let rejected: UInt64

  /// A sampler of at least one unit.
  init(count: Int) {
    self.count = UInt64(max(1, count))
    rejected = (0 &- self.count) % self.count
  }

  /// A place from 0 to one below the count.
  @inline(__always)
  func next(using generator: inout some RandomNumberGenerator) -> Int {
    while true {
      let product = count.multipliedFullWidth(by: generator.next())
      if product.low >= rejected { return Int(truncatingIfNeeded: product.high) }
    }
  }
}
