import Statistics

/// A rate of success as a mean over people, with its interval by drawing people.
public struct RateEstimate: Sendable, Equatable {
  /// The mean over people of each one's own rate, in [0, 1].
  public let value: Double
  /// The interval of the mean.
  public let interval: Interval
  /// Each person's own rate, by the person's number.
  public let rates: [Int: Double]

  /// The rate of successes of people, each of whom counts alike however many trials there are.
  ///
  /// - Parameters:
  ///   - trials: whether each trial succeeded, or the share of it that did, and whose it was.
  ///   - bootstrap: how the interval is made.
  /// - Throws: `StatisticsError` without a trial, or for settings of the bootstrap that are out of range.
  public init(
    _ trials: [(identity: Int, success: Double)], _ bootstrap: Bootstrap,
    using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) {
    rates = Dictionary(grouping: trials, by: \.identity).mapValues { own in
      mean(of: own.map(\.success))
    }
    let values = rates.sorted { $0.key < $1.key }.map(\.value)
    interval = try bootstrap.mean(of: values, using: &generator).clamped(to: 0...1)
    value = mean(of: values)
  }

  /// By how much the rate is above another of the same people, person by person.
  ///
  /// - Throws: `StatisticsError` when the two are not of the same people.
  public func lift(
    over other: RateEstimate, _ bootstrap: Bootstrap,
    using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> (value: Double, interval: Interval) {
    guard Set(rates.keys) == Set(other.rates.keys) else {
      throw .lengths(
        first: "people of the one rate", count: rates.count, second: "people of the other",
        otherCount: other.rates.count)
    }
    let differences = rates.sorted { $0.key < $1.key }.map { $1 - (other.rates[$0] ?? 0) }
    return (
      mean(of: differences), try bootstrap.mean(of: differences, using: &generator)
    )
  }
}
