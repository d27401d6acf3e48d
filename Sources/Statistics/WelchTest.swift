/// Welch's comparison of two means whose units do not pair and need not vary alike (Biometrika 1947).
public struct WelchTest: Sendable, Hashable {
  /// The first mean less the second.
  public let difference: Double
  /// The standard error of the difference.
  public let standardError: Double
  /// The degrees of freedom (Satterthwaite, Biometrics Bulletin 1946); `n + m - 2` when no unit
  /// differs from its mean.
  public let degreesOfFreedom: Double

  /// A comparison of two lists with one entry a unit.
  ///
  /// - Throws: `StatisticsError` for fewer than two units in a list, or units whose means and standard
  ///   deviations are not finite.
  public init(_ first: [Double], _ second: [Double]) throws(StatisticsError) {
    let a = try Self.squaredError(of: first, named: "the first")
    let b = try Self.squaredError(of: second, named: "the second")
    difference = mean(of: first) - mean(of: second)
    guard difference.isFinite else { throw .notFinite(statistic: "difference") }
    standardError = (a + b).squareRoot()
    let (n, m) = (Double(first.count), Double(second.count))
    // Shares, because the squares of small variances underflow.
    let share = a / (a + b)
    degreesOfFreedom =
      a + b > 0 ? 1 / (share * share / (n - 1) + (1 - share) * (1 - share) / (m - 1)) : n + m - 2
  }

  /// The squared standard error of a mean.
  private static func squaredError(
    of values: [Double], named name: String
  ) throws(StatisticsError) -> Double {
    guard let deviation = Moments.standardDeviation(of: values) else {
      throw .tooFew(list: name, count: values.count, least: 2)
    }
    let error = deviation * deviation / Double(values.count)
    guard error.isFinite else { throw .notFinite(statistic: "standard deviation") }
    return error
  }

  /// The two-sided p value; when no unit differs from its mean, 1 for equal means and nil for others, of which
  /// Student's t knows nothing.
  public var pValue: Double? {
    guard standardError > 0 else { return difference == 0 ? 1 : nil }
    return StudentT(uncheckedDegreesOfFreedom: degreesOfFreedom)
      .tails(beyond: difference / standardError)
  }

  /// The interval of the difference, or nil where there is no ``pValue`` either.
  ///
  /// - Parameter level: the confidence in (0, 1).
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func interval(level: Double = 0.95) throws(StatisticsError) -> Interval? {
    guard level > 0, level < 1 else { throw .level(level) }
    guard standardError > 0 || difference == 0 else { return nil }
    return try Moments.interval(
      of: difference, standardError: standardError, degreesOfFreedom: degreesOfFreedom,
      level: level)
  }
}
