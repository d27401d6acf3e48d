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
  /// It is the least number at which the bootstrap's interval covers 93 % or more for normal,
  /// uniform, exponential and Beta(19, 1) units. Below it Student's t covers better or as well; from
  /// there on the bootstrap's misses are more even on both sides of skewed units
  /// (Documentation/Statistics.md has the measurements).
  public static let bootstrapThreshold = 50

  /// The mean, in the unit of the numbers.
  public let mean: Double
  /// The standard deviation of one unit (with n - 1), or nil for a single one.
  public let standardDeviation: Double?
  /// The number of units, at least 1.
  public let count: Int
  /// The interval of the mean, or nil for a single unit, which says nothing about others.
  public let interval: Interval?
  /// How the interval was made.
  public let method: Method

  /// The mean of numbers, one a unit.
  ///
  /// - Parameters:
  ///   - values: what was measured on each unit.
  ///   - level: the interval's confidence in (0, 1).
  ///   - method: how the interval is made; when nil, Student's t below ``bootstrapThreshold`` units
  ///     and the bootstrap from there on.
  ///   - resamples: how many resamples the bootstrap draws.
  ///   - generator: where the bootstrap's randomness comes from; Student's t takes none.
  /// - Throws: `StatisticsError` for no units, for units whose mean or standard deviation is not
  ///   finite, or for settings that are out of range.
  public init(
    of values: [Double], level: Double = 0.95, method: Method? = nil, resamples: Int = 10_000,
    using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) {
    guard !values.isEmpty else { throw .empty(statistic: "mean") }
    guard level > 0, level < 1 else { throw .level(level) }
    mean = Statistics.mean(of: values)
    guard mean.isFinite else { throw .notFinite(statistic: "mean") }
    count = values.count
    standardDeviation = Moments.standardDeviation(of: values)
    self.method = method ?? (values.count < Self.bootstrapThreshold ? .studentT : .bootstrap)
    guard let standardDeviation else {
      interval = nil
      return
    }
    guard standardDeviation.isFinite else { throw .notFinite(statistic: "standard deviation") }
    switch self.method {
    case .studentT:
      interval = try Moments.interval(
        of: mean, standardError: standardDeviation / Double(count).squareRoot(),
        degreesOfFreedom: Double(count - 1), level: level)
    case .bootstrap:
      interval = try Bootstrap(resamples: resamples, level: level).mean(
        of: values, using: &generator)
    }
  }
}
