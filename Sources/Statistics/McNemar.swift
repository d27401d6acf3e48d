import Foundation

/// McNemar's test of two classifiers on the same examples (Psychometrika 1947): only the examples that
/// one classifies correctly and the other does not tell them apart.
public struct McNemar: Sendable, Hashable {
  /// How many examples only the first classifies correctly.
  public let onlyFirst: Int
  /// How many examples only the second classifies correctly.
  public let onlySecond: Int

  private static let largestCount = 1 << 50

  /// A test from its two counts.
  ///
  /// - Throws: `StatisticsError.setting` for a count that is negative or above 2⁵⁰.
  public init(onlyFirst: Int, onlySecond: Int) throws(StatisticsError) {
    for (name, count) in [("onlyFirst", onlyFirst), ("onlySecond", onlySecond)]
    where !(0...Self.largestCount).contains(count) {
      throw .setting(name: name, value: "\(count)", range: "from 0 to \(Self.largestCount)")
    }
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
  }

  /// A test from the outcomes of each example, in the same order.
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

  /// The exact two-sided p value: a sign test of the examples that differ; 1 when there are none.
  public var exact: Double { BinomialTest.twoSided(successes: onlyFirst, trials: count) }

  /// The exact p value less half the probability of the observed counts on either side (Fagerland et
  /// al., BMC Medical Research Methodology 2013): less cautious, and still near its level.
  public var midP: Double {
    guard count > 0 else { return 1 }
    let observed = BinomialTest.probability(of: onlyFirst, trials: count)
    return onlyFirst == onlySecond ? 1 - observed / 2 : max(0, exact - observed)
  }

  /// The chi-squared statistic with one degree of freedom and its p value; 0 and 1 when no example
  /// differs. For fewer than about 25 examples that differ, use ``exact``.
  ///
  /// - Parameter continuityCorrection: whether the difference is reduced by one (Edwards,
  ///   Psychometrika 1948), but not below zero.
  public func chiSquared(
    continuityCorrection: Bool = true
  ) -> (statistic: Double, pValue: Double) {
    guard count > 0 else { return (0, 1) }
    let correction = continuityCorrection ? 1.0 : 0
    let difference = max(0, abs(Double(onlyFirst - onlySecond)) - correction)
    let statistic = difference * difference / Double(count)
    return (statistic, erfc((statistic / 2).squareRoot()))
  }
}
