extension Bootstrap {
  /// The interval of the mean of all numbers when they come in groups, such as the pictures of some
  /// people: whole groups are drawn, because the numbers of one group resemble each other.
  ///
  /// The statistic is the sum of all numbers over their count, so that large groups weigh more. The
  /// jackknife of BCa leaves out one group at a time. The unit is the group: what counts for the
  /// coverage is the number of groups, not of numbers.
  ///
  /// - Parameter groups: the numbers of each group; groups without numbers are left out.
  /// - Throws: `StatisticsError` for no numbers, for numbers that are not finite, or for settings
  ///   that are out of range.
  public func mean(
    ofGroups groups: [[Double]], using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> Interval {
    let groups = groups.filter { !$0.isEmpty }
    try check(count: groups.count, statistic: "mean")
    let sums = groups.map { $0.reduce(0, +) }
    let counts = groups.map { Double($0.count) }
    let total = (sum: sums.reduce(0, +), count: counts.reduce(0, +))
    let estimate = total.sum / total.count
    guard estimate.isFinite else { throw .notFinite(statistic: "mean") }
    var distribution: [Double] = []
    distribution.reserveCapacity(resamples)
    let sampler = UnitSampler(count: groups.count)
    for _ in 0..<resamples {
      var (sum, count) = (0.0, 0.0)
      for _ in 0..<groups.count {
        let index = sampler.next(using: &generator)
        sum += sums[index]
        count += counts[index]
      }
      distribution.append(sum / count)
    }
    var jackknife: [Double] = []
    if method == .biasCorrectedAccelerated, groups.count > 1 {
      jackknife = sums.indices.map { (total.sum - sums[$0]) / (total.count - counts[$0]) }
    }
    return interval(estimate: estimate, distribution: distribution, jackknife: jackknife)
  }
}
