/// Intervals by resampling units with replacement (Efron and Tibshirani, 1993).
///
/// The unit is what was drawn at random: an example, an identity, a seed. Intervals of 95 % cover the
/// mean of symmetric units 93 % of the time or more from 30 units on, and of skewed ones from 50 on
/// (percentile: 100); below that they are too short. Documentation/Statistics.md has the measurements.
public struct Bootstrap: Sendable, Hashable {
  /// How the ends of the interval are read from the resampled statistics.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// The quantiles as they are.
    case percentile
    /// The quantiles corrected for bias and skewness (BCa; Efron, JASA 1987).
    case biasCorrectedAccelerated = "bca"
  }

  /// How the ends are read.
  public var method: Method
  /// How many resamples are drawn; 1000 for a look, 10 000 for a number that is printed.
  public var resamples: Int
  /// The confidence in (0, 1).
  public var level: Double

  /// A bootstrap with its settings.
  public init(
    _ method: Method = .biasCorrectedAccelerated, resamples: Int = 10_000, level: Double = 0.95
  ) {
    self.method = method
    self.resamples = resamples
    self.level = level
  }

  /// The interval of the mean of numbers, one a unit.
  ///
  /// - Throws: `StatisticsError` for no units, for units that are not finite, or for settings that
  ///   are out of range.
  public func mean(
    of values: [Double], using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> Interval {
    try check(count: values.count, statistic: "mean")
    let estimate = Statistics.mean(of: values)
    guard estimate.isFinite else { throw .notFinite(statistic: "mean") }
    var distribution: [Double] = []
    distribution.reserveCapacity(resamples)
    let sampler = UnitSampler(count: values.count)
    for _ in 0..<resamples {
      var sum = 0.0
      for _ in 0..<values.count { sum += values[sampler.next(using: &generator)] }
      distribution.append(sum / Double(values.count))
    }
    var jackknife: [Double] = []
    if method == .biasCorrectedAccelerated, values.count > 1 {
      let total = estimate * Double(values.count)
      jackknife = values.map { (total - $0) / Double(values.count - 1) }
    }
    return interval(estimate: estimate, distribution: distribution, jackknife: jackknife)
  }

  /// The interval of any statistic of units.
  ///
  /// Resamples for which the statistic is not finite are left out.
  ///
  /// - Parameters:
  ///   - name: what the statistic is called in errors.
  ///   - units: what is resampled.
  ///   - generator: where the randomness comes from.
  ///   - statistic: gets as many units as there are; for BCa also each list that lacks one of them.
  /// - Throws: `StatisticsError` for no units, a statistic that is not finite on them, or settings
  ///   that are out of range.
  public func interval<Unit>(
    of name: String, over units: [Unit], using generator: inout some RandomNumberGenerator,
    statistic: ([Unit]) -> Double
  ) throws(StatisticsError) -> Interval {
    try check(count: units.count, statistic: name)
    let estimate = statistic(units)
    guard estimate.isFinite else { throw .notFinite(statistic: name) }
    var distribution: [Double] = []
    distribution.reserveCapacity(resamples)
    var sample = units
    let sampler = UnitSampler(count: units.count)
    for _ in 0..<resamples {
      for index in 0..<units.count { sample[index] = units[sampler.next(using: &generator)] }
      let value = statistic(sample)
      if value.isFinite { distribution.append(value) }
    }
    var jackknife: [Double] = []
    if method == .biasCorrectedAccelerated, units.count > 1 {
      for index in units.indices {
        var rest = units
        rest.remove(at: index)
        jackknife.append(statistic(rest))
      }
    }
    return interval(estimate: estimate, distribution: distribution, jackknife: jackknife)
  }

  /// The interval from resampled statistics that are already there.
  ///
  /// - Parameters:
  ///   - estimate: the statistic of all units.
  ///   - distribution: the statistic of each resample, in any order.
  ///   - jackknife: the statistic without each unit in turn; only used by BCa.
  package func interval(
    estimate: Double, distribution: [Double], jackknife: [Double]
  ) -> Interval {
    let sorted = distribution.sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else {
      return Interval(low: estimate, high: estimate, level: level)
    }
    var ends = (low: (1 - level) / 2, high: (1 + level) / 2)
    if method == .biasCorrectedAccelerated {
      let bias = Self.bias(of: estimate, in: sorted)
      let acceleration = Self.acceleration(jackknife)
      ends.low = Self.corrected(ends.low, bias: bias, acceleration: acceleration)
      ends.high = Self.corrected(ends.high, bias: bias, acceleration: acceleration)
    }
    return Interval(
      low: quantile(ends.low, ofSorted: sorted), high: quantile(ends.high, ofSorted: sorted),
      level: level)
  }

  func check(count: Int, statistic: String) throws(StatisticsError) {
    guard count > 0 else { throw .empty(statistic: statistic) }
    guard level > 0, level < 1 else { throw .level(level) }
    guard resamples > 0 else {
      throw .setting(name: "resamples", value: "\(resamples)", range: "at least 1")
    }
  }

  /// The normal quantile of the share of resamples below the estimate, ties counted half.
  private static func bias(of estimate: Double, in distribution: [Double]) -> Double {
    let below = distribution.count { $0 < estimate }
    let tied = distribution.count { $0 == estimate }
    let count = Double(distribution.count)
    let share = (Double(below) + 0.5 * Double(tied)) / count
    // An estimate outside all resamples would have an infinite bias.
    return NormalDistribution.quantile(min(max(share, 0.5 / count), 1 - 0.5 / count))
  }

  /// A sixth of the skewness of the jackknife's influence values; zero when it has none.
  private static func acceleration(_ jackknife: [Double]) -> Double {
    let centre = Statistics.mean(of: jackknife)
    var (squares, cubes) = (0.0, 0.0)
    for value in jackknife {
      let difference = centre - value
      squares += difference * difference
      cubes += difference * difference * difference
    }
    let acceleration = cubes / (6 * squares * squares.squareRoot())
    return acceleration.isFinite ? acceleration : 0
  }

  private static func corrected(
    _ probability: Double, bias: Double, acceleration: Double
  ) -> Double {
    let shifted = bias + NormalDistribution.quantile(probability)
    return NormalDistribution.cumulative(bias + shifted / (1 - acceleration * shifted))
  }
}
