/// A rate observed as successes among independent trials, such as the accuracy on a test set.
public struct Proportion: Sendable, Hashable {
  /// How many trials succeeded.
  public let successes: Int
  /// How many trials there were.
  public let trials: Int

  /// A rate from its counts.
  ///
  /// - Throws: `StatisticsError.counts` unless `0 <= successes <= trials`.
  public init(successes: Int, trials: Int) throws(StatisticsError) {
    guard successes >= 0, successes <= trials else {
      throw .counts(successes: successes, trials: trials)
    }
    self.successes = successes
    self.trials = trials
  }

  /// A rate from one outcome per trial.
  public init(_ outcomes: some Sequence<Bool>) {
    var (successes, trials) = (0, 0)
    for outcome in outcomes {
      trials += 1
      if outcome { successes += 1 }
    }
    self.successes = successes
    self.trials = trials
  }

  /// The share of successes in 0...1, or nil when there were no trials.
  public var rate: Double? { trials == 0 ? nil : Double(successes) / Double(trials) }

  /// The Wilson score interval of the rate (Wilson, JASA 1927), without continuity correction.
  ///
  /// Its coverage is close to the level also for few trials and for rates near 0 and 1. Without
  /// trials it is all of 0...1.
  ///
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func wilson(level: Double = 0.95) throws(StatisticsError) -> Interval {
    guard level > 0, level < 1 else { throw .level(level) }
    guard trials > 0 else { return Interval(low: 0, high: 1, level: level) }
    let n = Double(trials)
    let p = Double(successes) / n
    let z = NormalDistribution.quantile(0.5 + level / 2)
    let square = z * z
    let scale = 1 / (1 + square / n)
    let centre = (p + square / (2 * n)) * scale
    let half = z * scale * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
    return Interval(
      low: successes == 0 ? 0 : max(0, centre - half),
      high: successes == trials ? 1 : min(1, centre + half), level: level)
  }

  /// The Clopper-Pearson interval of the rate (Biometrika 1934), which never covers less than the
  /// level and often more: for certificates. Without trials it is all of 0...1.
  ///
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func clopperPearson(level: Double = 0.95) throws(StatisticsError) -> Interval {
    guard level > 0, level < 1 else { throw .level(level) }
    let tail = (1 - level) / 2
    return Interval(low: lowerEnd(tail: tail), high: upperEnd(tail: tail), level: level)
  }

  /// The one-sided Clopper-Pearson lower bound, which the rate exceeds with at least the given
  /// confidence; what randomised smoothing certifies with.
  ///
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func lowerBound(level: Double) throws(StatisticsError) -> Double {
    guard level > 0, level < 1 else { throw .level(level) }
    return lowerEnd(tail: 1 - level)
  }

  /// The one-sided Clopper-Pearson upper bound, below which the rate lies with at least the given
  /// confidence.
  ///
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func upperBound(level: Double) throws(StatisticsError) -> Double {
    guard level > 0, level < 1 else { throw .level(level) }
    return upperEnd(tail: 1 - level)
  }

  private func lowerEnd(tail: Double) -> Double {
    guard successes > 0 else { return 0 }
    return BetaDistribution(
      uncheckedAlpha: Double(successes), beta: Double(trials - successes + 1)
    ).quantile(tail)
  }

  private func upperEnd(tail: Double) -> Double {
    guard successes < trials else { return 1 }
    // The mirrored lower tail, because 1 - tail would round a small tail away.
    return 1
      - BetaDistribution(
        uncheckedAlpha: Double(trials - successes), beta: Double(successes + 1)
      ).quantile(tail)
  }
}
