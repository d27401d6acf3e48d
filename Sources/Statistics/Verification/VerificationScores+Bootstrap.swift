extension VerificationScores {
  /// A number that is read from the curve.
  public enum Reading: Sendable, Hashable {
    /// The equal error rate.
    case equalErrorRate
    /// The true accept rate at a false match rate.
    case trueAcceptRate(falseMatchRate: Double)
  }

  /// A number that is read from the curve.
  public func value(of reading: Reading) -> Double { value(of: reading, weights: nil) }

  /// The interval of a number that is read from the curve, by drawing identities with replacement.
  ///
  /// An identity that is drawn twice counts twice in its genuine pairs, and a pair of two identities as
  /// often as both were drawn; copies of one identity are no impostors of each other. Pairs share their
  /// samples, so that an interval that took them for independent would be far too short (Snijders and
  /// Borgatti, "Non-parametric standard errors and tests for network statistics", Connections 1999). The
  /// threshold is chosen anew in every draw. BCa leaves out one identity at a time.
  ///
  /// Of a rate of 0 or 1 every draw gives the same: the interval reaches as far as Clopper and Pearson's with identities
  /// as trials.
  ///
  /// - Throws: `StatisticsError` for settings of the bootstrap that are out of range.
  public func interval(
    of reading: Reading, _ bootstrap: Bootstrap = Bootstrap(resamples: 1000),
    using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> Interval {
    try bootstrap.check(count: identityCount, statistic: "verification rate")
    let sampler = UnitSampler(count: identityCount)
    var distribution: [Double] = []
    for _ in 0..<bootstrap.resamples {
      var weights = [Double](repeating: 0, count: identityCount)
      for _ in 0..<identityCount { weights[sampler.next(using: &generator)] += 1 }
      let value = value(of: reading, weights: weights)
      if value.isFinite { distribution.append(value) }
    }
    var jackknife: [Double] = []
    if bootstrap.method == .biasCorrectedAccelerated {
      for identity in 0..<identityCount {
        var weights = [Double](repeating: 1, count: identityCount)
        weights[identity] = 0
        let value = value(of: reading, weights: weights)
        if value.isFinite { jackknife.append(value) }
      }
    }
    let estimate = value(of: reading)
    let drawn = bootstrap.interval(
      estimate: estimate, distribution: distribution, jackknife: jackknife)
    guard estimate == 0 || estimate == 1 else { return drawn }
    let exact = try Proportion(successes: estimate == 1 ? identityCount : 0, trials: identityCount)
      .clopperPearson(level: bootstrap.level)
    return Interval(
      low: min(drawn.low, exact.low), high: max(drawn.high, exact.high), level: bootstrap.level)
  }

  private func value(of reading: Reading, weights: [Double]?) -> Double {
    switch reading {
    case .equalErrorRate: equalErrorRate(weights: weights)
    case .trueAcceptRate(let rate): trueAcceptRate(atFalseMatchRate: rate, weights: weights)
    }
  }
}
