import Foundation

/// Welch's comparison of two means whose units do not pair and need not vary alike (Biometrika 1947).
public struct WelchTest: Sendable, Hashable {
  /// The first mean less the second.
  public let difference: Double
  /// The standard error of the difference.
  public let standardError: Double
  /// The degrees of freedom (Satterthwaite, 1946).
  public let degreesOfFreedom: Double

  /// A comparison.
  ///
  /// - Throws: `StatisticsError` for fewer than two units on a side, or units that are not finite.
  public init(_ first: [Double], _ second: [Double]) throws(StatisticsError) {
    guard let deviation = Moments.standardDeviation(of: first),
      let other = Moments.standardDeviation(of: second)
    else { throw .empty(statistic: "standard deviation") }
    difference = mean(of: first) - mean(of: second)
    guard difference.isFinite else { throw .notFinite(statistic: "difference") }
    let (n, m) = (Double(first.count), Double(second.count))
    let (a, b) = (deviation * deviation / n, other * other / m)
    standardError = (a + b).squareRoot()
    let freedom = (a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1))
    degreesOfFreedom = freedom.isFinite ? freedom : n + m - 2
  }

  /// The two-sided p value; where no unit differs from its mean, 1 for equal means and 0 for others.
  public var pValue: Double {
    guard standardError > 0 else { return difference == 0 ? 1 : 0 }
    let distribution = try? StudentT(degreesOfFreedom: degreesOfFreedom)
    return distribution?.tails(beyond: difference / standardError) ?? .nan
  }

  /// The interval of the difference.
  ///
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func interval(level: Double = 0.95) throws(StatisticsError) -> Interval {
    guard level > 0, level < 1 else { throw .level(level) }
    let reach =
      try StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + level) / 2) * standardError
    return Interval(low: difference - reach, high: difference + reach, level: level)
  }
}
