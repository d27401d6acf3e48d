import Statistics

/// A mean over people of something that was measured several times on each, with its interval by drawing
/// people: a rate of success, an error, a distance.
public struct IdentityMean: Sendable, Equatable {
  /// The mean over people of each one's own mean.
  public let value: Double
  /// The interval of the mean.
  public let interval: Interval
  /// Each person's own mean, by the person's number.
  public let means: [Int: Double]
  /// What the mean cannot leave, where that is known.
  let range: ClosedRange<Double>?

  /// The mean over people, each of whom counts alike however many trials there are.
  ///
  /// Where everybody is at the same end of the range there is nothing to draw from, and the interval is Clopper and
  /// Pearson's of how often that happens to a person: it holds the mean if all others are at the other end.
  ///
  /// - Parameters:
  ///   - trials: what was measured and whose it is; for a rate 1 for success and 0 for none, or a share.
  ///   - range: what the mean cannot leave, such as 0...1 for a rate.
  ///   - bootstrap: how the interval is made.
  /// - Throws: `StatisticsError` without a trial, for numbers that are not finite, or for settings of the
  ///   bootstrap that are out of range.
  public init(
    _ trials: [(identity: Int, value: Double)], within range: ClosedRange<Double>? = nil,
    _ bootstrap: Bootstrap, using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) {
    means = Dictionary(grouping: trials, by: \.identity).mapValues { own in
      mean(of: own.map(\.value))
    }
    let values = means.sorted { $0.key < $1.key }.map(\.value)
    let interval = try bootstrap.mean(of: values, using: &generator)
    self.interval =
      try range.flatMap { range throws(StatisticsError) in
        try Self.interval(of: values, atAnEndOf: range, level: bootstrap.level)
      } ?? range.map(interval.clamped) ?? interval
    self.range = range
    value = mean(of: values)
  }

  private static func interval(
    of values: [Double], atAnEndOf range: ClosedRange<Double>, level: Double
  ) throws(StatisticsError) -> Interval? {
    let highest = values.count { $0 == range.upperBound }
    guard highest == values.count || values.allSatisfy({ $0 == range.lowerBound }) else {
      return nil
    }
    let share = try Proportion(successes: highest, trials: values.count).clopperPearson(
      level: level)
    let width = range.upperBound - range.lowerBound
    return Interval(
      low: range.lowerBound + width * share.low, high: range.lowerBound + width * share.high,
      level: level)
  }

  /// By how much the mean is above another of the same people: the mean of the differences, person by person.
  ///
  /// - Throws: `StatisticsError` when the two are not of the same people.
  public func lift(
    over other: IdentityMean, _ bootstrap: Bootstrap,
    using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> IdentityMean {
    guard Set(means.keys) == Set(other.means.keys) else {
      throw .lengths(
        first: "people of the one mean", count: means.count, second: "people of the other",
        otherCount: other.means.count)
    }
    let differences = means.map { (identity: $0, value: $1 - (other.means[$0] ?? 0)) }
    var span: ClosedRange<Double>?
    if let range, let their = other.range {
      span = range.lowerBound - their.upperBound...range.upperBound - their.lowerBound
    }
    return try IdentityMean(differences, within: span, bootstrap, using: &generator)
  }
}
