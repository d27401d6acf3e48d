import Foundation

/// McNemar's test of two classifiers on the same examples (Psychometrika 1947): only examples on which
/// one is right and the other wrong tell them apart.
public struct McNemar: Sendable, Hashable {
  /// How many examples only the first has right.
  public let onlyFirst: Int
  /// How many examples only the second has right.
  public let onlySecond: Int

  /// A test from its two counts.
  ///
  /// - Throws: `StatisticsError.setting` for a negative count.
  public init(onlyFirst: Int, onlySecond: Int) throws(StatisticsError) {
    for (name, count) in [("onlyFirst", onlyFirst), ("onlySecond", onlySecond)] where count < 0 {
      throw .setting(name: name, value: "\(count)", range: "zero or positive")
    }
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
  }

  /// A test from every example's outcomes.
  ///
  /// - Throws: `StatisticsError.lengths` for lists of different lengths.
  public init(_ first: [Bool], _ second: [Bool]) throws(StatisticsError) {
    guard first.count == second.count else {
      throw .lengths(
        first: "the first", count: first.count, second: "the second", otherCount: second.count)
    }
    try self.init(
      onlyFirst: zip(first, second).count { $0 && !$1 },
      onlySecond: zip(first, second).count { !$0 && $1 })
  }

  private var count: Int { onlyFirst + onlySecond }

  /// The exact two-sided p value: a sign test of the examples that differ.
  public var exact: Double { BinomialTest.twoSided(successes: onlyFirst, trials: count) }

  /// The exact p value with half the probability of the observed counts (Fagerland et al., BMC Medical
  /// Research Methodology 2013): not as cautious, and still near its level.
  public var midP: Double {
    guard onlyFirst != onlySecond else {
      return count == 0 ? 1 : 1 - 0.5 * BinomialTest.probability(of: onlyFirst, trials: count)
    }
    let least = min(onlyFirst, onlySecond)
    return exact - BinomialTest.probability(of: least, trials: count)
  }

  /// The chi-squared statistic with one degree of freedom and its p value.
  ///
  /// - Parameter continuityCorrection: whether the difference is reduced by one (Edwards, 1948).
  public func chiSquared(
    continuityCorrection: Bool = true
  ) -> (statistic: Double, pValue: Double) {
    guard count > 0 else { return (0, 1) }
    let correction = continuityCorrection ? 1.0 : 0
    let difference = abs(Double(onlyFirst - onlySecond)) - correction
    let statistic = difference * difference / Double(count)
    return (statistic, erfc((statistic / 2).squareRoot()))
  }
}

/// The binomial test of a fair coin.
enum BinomialTest {
  /// The probability of a split at least as uneven.
  static func twoSided(successes: Int, trials: Int) -> Double {
    let least = min(successes, trials - successes)
    guard least * 2 < trials else { return 1 }
    // P(X ≤ k) = I_{1/2}(n - k, k + 1) (DLMF 8.17.5).
    let tail = BetaDistribution(uncheckedAlpha: Double(trials - least), beta: Double(least + 1))
      .cumulative(0.5)
    return min(1, 2 * tail)
  }

  /// The probability of exactly so many.
  static func probability(of successes: Int, trials: Int) -> Double {
    let (k, n) = (Double(successes), Double(trials))
    let ways: Double = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways - n * log(2.0))
  }
}
