import Foundation

/// The difference of two variants measured on the same units: seeds, people or examples.
public struct PairedComparison: Sendable, Hashable {
  /// The difference of every unit, the variant's value less the baseline's.
  public let differences: [Double]
  /// The mean difference.
  public let difference: Double
  /// The standard deviation of the differences (with n - 1), or nil for a single one.
  public let standardDeviation: Double?

  /// A comparison.
  ///
  /// - Throws: `StatisticsError` for lists of different lengths, empty lists, and values that are not
  ///   finite.
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
    standardDeviation = Moments.standardDeviation(of: differences)
  }

  /// The number of units.
  public var count: Int { differences.count }

  /// Student's interval of the mean difference, or nil for a single unit.
  ///
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func interval(level: Double = 0.95) throws(StatisticsError) -> Interval? {
    guard let standardDeviation else { return nil }
    return try Moments.interval(
      mean: difference, standardDeviation: standardDeviation, count: count, level: level)
  }

  /// The bootstrap's interval of the mean difference.
  ///
  /// - Throws: `StatisticsError` for settings that are out of range.
  public func bootstrapInterval(
    _ bootstrap: Bootstrap = Bootstrap(), using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> Interval {
    try bootstrap.mean(of: differences, using: &generator)
  }

  /// The two-sided p value of the paired t test, or nil for a single unit.
  ///
  /// Where all differences are equal, it is 1 when they are zero and 0 when they are not.
  public var tTest: Double? {
    guard let standardDeviation else { return nil }
    guard standardDeviation > 0 else { return difference == 0 ? 1 : 0 }
    let t = difference / (standardDeviation / Double(count).squareRoot())
    return try? StudentT(degreesOfFreedom: Double(count - 1)).tails(beyond: t)
  }

  /// The mean difference in standard deviations of the differences (Cohen's d_z), or nil where that is
  /// not defined.
  public var cohensD: Double? {
    guard let standardDeviation, standardDeviation > 0 else { return nil }
    return difference / standardDeviation
  }

  /// ``cohensD`` without its bias in small samples: times `Γ(ν/2) / (√(ν/2) Γ((ν-1)/2))` with
  /// ν = n - 1 (Hedges, Journal of Educational Statistics 1981); nil for fewer than three units.
  public var hedgesG: Double? {
    guard let cohensD, count > 2 else { return nil }
    let freedom = Double(count - 1)
    let correction =
      exp(lgamma(freedom / 2) - lgamma((freedom - 1) / 2)) / (freedom / 2).squareRoot()
    return cohensD * correction
  }
}
