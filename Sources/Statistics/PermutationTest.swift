import Foundation

/// The outcome of a sign-flip permutation test of a mean difference.
///
/// If a variant made no difference, every unit's difference could as well have the other sign (Fisher,
/// "The design of experiments", 1935). The p value is the share of sign patterns whose mean is at
/// least as far from zero as the one observed.
public struct PermutationTest: Sendable, Hashable {
  /// The two-sided p value.
  public let pValue: Double
  /// Whether all sign patterns were looked at.
  public let isExact: Bool
  /// The least p value that so many units can give: `2 / 2ⁿ`.
  public let smallestPossible: Double
}

extension PairedComparison {
  private static let mostEnumerated = 20

  /// The sign-flip permutation test: exact for up to 20 differences that are not zero, and for any
  /// number of them when they are equally large, where it is the sign test (and, for outcomes that are
  /// right or wrong, McNemar's exact test); else by drawing sign patterns.
  ///
  /// - Parameters:
  ///   - resamples: how many patterns are drawn where not all can be looked at.
  ///   - generator: where they are drawn from.
  public func permutationTest(
    resamples: Int = 100_000, using generator: inout some RandomNumberGenerator
  ) -> PermutationTest {
    // A zero stays what it is under either sign, so it changes no share.
    let values = differences.filter { $0 != 0 }
    let smallest = min(1, 2 * exp2(-Double(values.count)))
    guard let first = values.first else {
      return PermutationTest(pValue: 1, isExact: true, smallestPossible: 1)
    }
    if values.allSatisfy({ abs($0) == abs(first) }) {
      let positive = values.count { $0 > 0 }
      let p = BinomialTest.twoSided(successes: positive, trials: values.count)
      return PermutationTest(pValue: p, isExact: true, smallestPossible: smallest)
    }
    if values.count <= Self.mostEnumerated {
      return PermutationTest(
        pValue: Self.enumerated(values), isExact: true, smallestPossible: smallest)
    }
    let p = Self.drawn(values, resamples: max(1, resamples), using: &generator)
    return PermutationTest(pValue: p, isExact: false, smallestPossible: smallest)
  }

  /// All sign patterns in Gray-code order: each differs from the last in one sign.
  private static func enumerated(_ values: [Double]) -> Double {
    let observed = abs(values.reduce(0, +))
    // Sums of one pattern in another order differ in their last bits.
    let bound = observed - 1e-12 * values.reduce(0) { $0 + abs($1) }
    var signs = [Double](repeating: 1, count: values.count)
    var sum = values.reduce(0, +)
    var hits = 0
    let patterns = 1 << values.count
    for pattern in 1...patterns {
      if abs(sum) >= bound { hits += 1 }
      let index = pattern.trailingZeroBitCount
      guard index < values.count else { break }
      signs[index] = -signs[index]
      sum += 2 * signs[index] * values[index]
    }
    return Double(hits) / Double(patterns)
  }

  private static func drawn(
    _ values: [Double], resamples: Int, using generator: inout some RandomNumberGenerator
  ) -> Double {
    let observed = abs(values.reduce(0, +))
    let bound = observed - 1e-12 * values.reduce(0) { $0 + abs($1) }
    var hits = 0
    for _ in 0..<resamples {
      var sum = 0.0
      var bits: UInt64 = 0
      for (index, value) in values.enumerated() {
        if index % 64 == 0 { bits = generator.next() }
        sum += bits & 1 == 0 ? value : -value
        bits >>= 1
      }
      if abs(sum) >= bound { hits += 1 }
    }
    // The observed pattern is one of those that are possible (Phipson and Smyth, 2010).
    return Double(hits + 1) / Double(resamples + 1)
  }
}
