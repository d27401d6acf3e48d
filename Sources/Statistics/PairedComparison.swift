import Foundation

/// The difference of two variants that were measured on the same units: seeds, people or examples.
public struct PairedComparison: Sendable, Hashable {
  /// The difference of each unit: the variant's value less the baseline's.
  public let differences: [Double]
  /// The mean difference.
  public let difference: Double
  /// The standard deviation of the differences (with n - 1), or nil for a single one.
  ///
  /// It is 0 when the differences differ by no more than the rounding of the values, as in 0.3 - 0.2
  /// and 0.4 - 0.3.
  public let standardDeviation: Double?
  /// By how much two differences may differ because the values are rounded.
  let rounding: Double

  /// A comparison of two lists with one entry a unit, in the same order.
  ///
  /// - Throws: `StatisticsError` for lists of different lengths, empty lists, and values whose
  ///   differences have no finite mean and standard deviation.
  public init(_ values: [Double], baseline: [Double]) throws(StatisticsError) {
    guard values.count == baseline.count else {
      throw .lengths(
        first: "the variant", count: values.count, second: "the baseline",
        otherCount: baseline.count)
    }
    guard !values.isEmpty else { throw .empty(statistic: "difference") }
    differences = zip(values, baseline).map { $0 - $1 }
    difference = Statistics.mean(of: differences)
    guard difference.isFinite else { throw .notFinite(statistic: "difference") }
    let largest = zip(values, baseline).reduce(0) { max($0, abs($1.0), abs($1.1)) }
    rounding = 4 * Double.ulpOfOne * largest
    standardDeviation = Moments.standardDeviation(of: differences, rounding: rounding)
    guard standardDeviation?.isFinite ?? true else {
      throw .notFinite(statistic: "standard deviation")
    }
  }

  /// The number of units.
  public var count: Int { differences.count }

  /// The standard error of the mean difference; nil for a single unit, and for equal differences that are not zero:
  /// two or three that agree to the last digit, as counts of errors may, do not show that all others would.
  private var standardError: Double? {
    guard let standardDeviation, standardDeviation > 0 || difference == 0 else { return nil }
    return standardDeviation / Double(count).squareRoot()
  }

  /// Student's interval of the mean difference, or nil for a single unit and for equal differences that are not zero.
  ///
  /// - Parameter level: the confidence in (0, 1).
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func interval(level: Double = 0.95) throws(StatisticsError) -> Interval? {
    guard level > 0, level < 1 else { throw .level(level) }
    guard let standardError else { return nil }
    return try Moments.interval(
      of: difference, standardError: standardError, degreesOfFreedom: Double(count - 1),
      level: level)
  }

  /// The bootstrap's interval of the mean difference.
  ///
  /// - Throws: `StatisticsError` for settings that are out of range.
  public func bootstrapInterval(
    _ bootstrap: Bootstrap = Bootstrap(), using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> Interval {
    try bootstrap.mean(of: differences, using: &generator)
  }

  /// The two-sided p value of the paired t test, or nil for a single unit and for equal differences that are not zero,
  /// of which Student's t knows nothing; 1 where all are zero.
  public var tTest: Double? {
    guard let standardError else { return nil }
    guard standardError > 0 else { return 1 }
    return StudentT(uncheckedDegreesOfFreedom: Double(count - 1))
      .tails(beyond: difference / standardError)
  }

  /// The mean difference in standard deviations of the differences (Cohen's d_z), or nil where there
  /// is no standard deviation or it is 0.
  public var cohensD: Double? {
    guard let standardDeviation, standardDeviation > 0 else { return nil }
    return difference / standardDeviation
  }

  /// ``cohensD`` without its bias in small samples: times `Γ(ν/2) / (√(ν/2) Γ((ν-1)/2))` with
  /// ν = n - 1 (Hedges, Journal of Educational Statistics 1981, equation 6e); nil below three units,
  /// where the factor is 0.
  public var hedgesG: Double? {
    guard let cohensD, count > 2 else { return nil }
    // Stirling's formula leaves the remainders only: no difference of large logarithms.
    let half = Double(count - 1) / 2
    let logarithm =
      -(half - 1) * log1p(-0.5 / half) - 0.5 + BetaDistribution.stirlingRemainder(half)
      - BetaDistribution.stirlingRemainder(half - 0.5)
    return cohensD * exp(logarithm)
  }
}
