import Foundation

/// The outcome of a sign-flip permutation test of a mean difference.
///
/// If two variants did not differ, each unit's difference could as well have the other sign (Fisher,
/// "The design of experiments", 1935, section 21). The p value is the share of sign patterns whose
/// mean lies at least as far from zero as the observed one.
public struct PermutationTest: Sendable, Hashable {
  /// The two-sided p value.
  public let pValue: Double
  /// Whether all sign patterns count, rather than some that were drawn.
  public let isExact: Bool
  /// The least p value that this test could give: `2 / 2ⁿ` for n differences that are not zero, or
  /// one more than none of the drawn patterns.
  public let smallestPossible: Double
}

extension PairedComparison {
  private static let mostEnumerated = 20

  /// The sign-flip permutation test.
  ///
  /// It is exact for up to 20 differences that are not zero, and for any number of them that are
  /// equally large, where it is the sign test; for outcomes that are right or wrong that is McNemar's
  /// exact test. Otherwise sign patterns are drawn, and the observed one counts as one of them
  /// (Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 2010).
  ///
  /// - Parameters:
  ///   - resamples: how many patterns are drawn where not all are counted; at least 1.
  ///   - generator: where they are drawn from.
  public func permutationTest(
    resamples: Int = 100_000, using generator: inout some RandomNumberGenerator
  ) -> PermutationTest {
    // A zero is the same under either sign, so it changes no share.
    let values = differences.filter { $0 != 0 }
    guard let magnitude = values.map(abs).max() else {
      return PermutationTest(pValue: 1, isExact: true, smallestPossible: 1)
    }
    let smallest = 2 * exp2(-Double(values.count))
    let margin = max(1e-12 * magnitude, rounding)
    if values.allSatisfy({ magnitude - abs($0) <= margin }) {
      let positive = values.count { $0 > 0 }
      return PermutationTest(
        pValue: BinomialTest.twoSided(successes: positive, trials: values.count),
        isExact: true, smallestPossible: smallest)
    }
    // Equal sums of different terms differ in their last digits, and must still count as equal.
    let tolerance = margin * Double(values.count)
    let bound = abs(values.reduce(0, +)) - tolerance
    if values.count <= Self.mostEnumerated {
      let share = bound > 0 ? 2 * Self.share(of: values, reaching: bound) : 1
      return PermutationTest(pValue: min(1, share), isExact: true, smallestPossible: smallest)
    }
    let draws = max(1, resamples)
    let hits = Self.hits(of: values, reaching: bound, draws: draws, using: &generator)
    return PermutationTest(
      pValue: Double(hits + 1) / Double(draws + 1), isExact: false,
      smallestPossible: max(smallest, 1 / Double(draws + 1)))
  }

  /// The share of all sign patterns with a sum of at least a positive bound.
  ///
  /// Each pattern is one of the first half and one of the second (Horowitz and Sahni, Journal of the
  /// ACM 1974), so that 20 differences take two lists of 1024 sums and a search for each.
  private static func share(of values: [Double], reaching bound: Double) -> Double {
    let first = signedSums(values[..<(values.count / 2)])
    let second = signedSums(values[(values.count / 2)...]).sorted()
    var hits = 0
    for sum in first {
      var (low, high) = (0, second.count)
      while low < high {
        let middle = (low + high) / 2
        if sum + second[middle] >= bound { high = middle } else { low = middle + 1 }
      }
      hits += second.count - low
    }
    return Double(hits) * exp2(-Double(values.count))
  }

  private static func signedSums(_ values: ArraySlice<Double>) -> [Double] {
    values.reduce(into: [0]) { sums, value in
      sums = sums.map { $0 + value } + sums.map { $0 - value }
    }
  }

  /// How many drawn sign patterns have a sum at least so far from zero.
  private static func hits(
    of values: [Double], reaching bound: Double, draws: Int,
    using generator: inout some RandomNumberGenerator
  ) -> Int {
    // Eight signs are one byte of what is drawn, and their sum one of 256 that are known beforehand.
    let sums = stride(from: 0, to: values.count, by: 8).flatMap { start in
      let group = values[start..<min(start + 8, values.count)]
      return sumsByBits(group + [Double](repeating: 0, count: 8 - group.count))
    }
    let groups = sums.count / 256
    return sums.withUnsafeBufferPointer { sums in
      var hits = 0
      for _ in 0..<draws {
        var sum = 0.0
        var bits: UInt64 = 0
        for group in 0..<groups {
          if group % 8 == 0 { bits = generator.next() }
          sum += sums[256 * group + Int(bits & 255)]
          bits >>= 8
        }
        if abs(sum) >= bound { hits += 1 }
      }
      return hits
    }
  }

  /// The sums of values at the numbers whose bits say which of them are subtracted, the first in the lowest.
  private static func sumsByBits(_ values: ArraySlice<Double>) -> [Double] {
    values.reversed().reduce([0]) { sums, value in
      sums.flatMap { [$0 + value, $0 - value] }
    }
  }
}
