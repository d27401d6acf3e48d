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

  /// The mean over people, each of whom counts alike however many trials there are.
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
    self.interval = range.map(interval.clamped) ?? interval
    value = mean(of: values)
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
    return try IdentityMean(differences, bootstrap, using: &generator)
  }
}
