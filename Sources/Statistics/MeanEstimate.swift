/// The mean of some units with its interval: of the runs of a variant, of people, of examples.
public struct MeanEstimate: Sendable, Hashable {
  /// How the interval is made.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// By Student's t distribution.
    case studentT = "t"
    /// By resampling, bias-corrected and accelerated.
    case bootstrap = "bca"
  }

  /// The number of units from which the bootstrap is the standard.
  ///
  /// Below it Student's t covers normal units exactly and skewed ones better than the bootstrap does;
  /// Documentation/Statistics.md has the measured coverages.
  public static let bootstrapThreshold = 50

  /// The mean.
  public let mean: Double
  /// The standard deviation of one unit (with n - 1), or nil for a single one.
  public let standardDeviation: Double?
  /// The number of units.
  public let count: Int
  /// The interval, or nil for a single unit, which says nothing about others.
  public let interval: Interval?
  /// How the interval was made.
  public let method: Method

  /// The mean of numbers, one a unit.
  ///
  /// - Parameters:
  ///   - method: how the interval is made; Student's t below ``bootstrapThreshold`` units and the
  ///     bootstrap from there on when nil.
  ///   - generator: where the bootstrap's randomness comes from.
  /// - Throws: `StatisticsError` for no units, units that are not finite, or a level outside (0, 1).
  public init(
    of values: [Double], level: Double = 0.95, method: Method? = nil, resamples: Int = 10_000,
    using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) {
    guard !values.isEmpty else { throw .empty(statistic: "mean") }
    guard level > 0, level < 1 else { throw .level(level) }
    let centre = Statistics.mean(of: values)
    guard centre.isFinite else { throw .notFinite(statistic: "mean") }
    mean = centre
    count = values.count
    standardDeviation = Moments.standardDeviation(of: values)
    self.method = method ?? (values.count < Self.bootstrapThreshold ? .studentT : .bootstrap)
    guard let standardDeviation else {
      interval = nil
      return
    }
    switch self.method {
    case .studentT:
      interval = try Moments.interval(
        mean: centre, standardDeviation: standardDeviation, count: values.count, level: level)
    case .bootstrap:
      interval = try Bootstrap(resamples: resamples, level: level).mean(
        of: values, using: &generator)
    }
  }
}

/// Means and deviations that several tests share.
enum Moments {
  /// The standard deviation with n - 1, or nil for fewer than two numbers.
  static func standardDeviation(of values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let centre = mean(of: values)
    let squares = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// Student's interval of a mean.
  static func interval(
    mean: Double, standardDeviation: Double, count: Int, level: Double
  ) throws(StatisticsError) -> Interval {
    guard level > 0, level < 1 else { throw .level(level) }
    let reach =
      try StudentT(degreesOfFreedom: Double(count - 1)).quantile((1 + level) / 2)
      * standardDeviation / Double(count).squareRoot()
    return Interval(low: mean - reach, high: mean + reach, level: level)
  }
}
