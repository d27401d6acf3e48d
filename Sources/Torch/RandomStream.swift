import Foundation

/// A stream of random numbers that is fixed by a seed, a purpose and an index, and by nothing else.
///
/// Streams with different purposes or indices are independent, and making one costs nothing, so each
/// example of a batch owns one: results do not change when a batch is split, permuted or spread over
/// workers. The generator is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011): the key is hashed from seed and purpose, the counter holds index and position.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: (UInt32, UInt32)
  private let index: UInt64
  private var block: UInt64 = 0
  private var buffer: (UInt64, UInt64) = (0, 0)
  private var buffered = 0
  private var spareNormal: Double?

  /// A stream for one purpose.
  ///
  /// - Parameters:
  ///   - seed: the seed of the run.
  ///   - purpose: what the numbers are for, such as `"pgd.start"`; part of the key.
  ///   - index: which of many equal things they are for, such as the index of an example.
  public init(seed: UInt64, purpose: String, index: UInt64 = 0) {
    var hash = RandomStream.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
    for byte in purpose.utf8 { hash = RandomStream.mixed(hash ^ UInt64(byte)) }
    key = (UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32))
    self.index = index
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if buffered == 0 {
      buffer = RandomStream.philox(key: key, counter: (index, block))
      block &+= 1
      buffered = 2
    }
    buffered -= 1
    return buffered == 1 ? buffer.0 : buffer.1
  }

  /// The next number drawn uniformly from [0, 1), with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// The next number drawn from the standard normal distribution (Box and Muller).
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let radius = (-2 * Foundation.log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spareNormal = radius * Foundation.sin(angle)
    return radius * Foundation.cos(angle)
  }

  /// Whether the next normal number was drawn together with the last one.
  var hasSpareNormal: Bool { spareNormal != nil }

  /// A random order of `0..<count` (Fisher and Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    (0..<count).shuffled(using: &self)
  }

  /// The finaliser of SplitMix64 (Steele et al., OOPSLA 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private static func philox(
    key: (UInt32, UInt32), counter: (UInt64, UInt64)
  ) -> (UInt64, UInt64) {
    var (k0, k1) = key
    var c0 = UInt32(truncatingIfNeeded: counter.0)
    var c1 = UInt32(truncatingIfNeeded: counter.0 >> 32)
    var c2 = UInt32(truncatingIfNeeded: counter.1)
    var c3 = UInt32(truncatingIfNeeded: counter.1 >> 32)
    for _ in 0..<10 {
      let p0 = UInt64(c0) &* 0xD251_1F53
      let p1 = UInt64(c2) &* 0xCD9E_8D57
      let n0 = UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0
      let n2 = UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1
      c1 = UInt32(truncatingIfNeeded: p1)
      c3 = UInt32(truncatingIfNeeded: p0)
      c0 = n0
      c2 = n2
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (UInt64(c0) | UInt64(c1) << 32, UInt64(c2) | UInt64(c3) << 32)
  }
}
