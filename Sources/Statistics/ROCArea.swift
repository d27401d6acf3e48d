/// The area under the receiver operating characteristic: the probability that a positive example
/// scores higher than a negative one, ties counting half.
public struct ROCArea: Sendable, Hashable {
  /// The area, in 0...1: 1 ranks perfectly, 0.5 is chance.
  public let area: Double
  /// The number of positive examples, at least 1.
  public let positives: Int
  /// The number of negative examples, at least 1.
  public let negatives: Int
  /// DeLong's standard error of the area, or nil with a single positive or negative example.
  public let standardError: Double?

  /// The area for scores with labels.
  ///
  /// The error is that of DeLong, DeLong and Clarke-Pearson (Biometrics 1988), computed from ranks in
  /// O(n log n) time (Sun and Xu, IEEE Signal Processing Letters 2014).
  ///
  /// - Parameters:
  ///   - scores: one for every example, higher for positives; infinities are in order.
  ///   - isPositive: whether the label is there, one for every example.
  /// - Throws: `StatisticsError` when lengths differ, a score is not a number, or there is no positive
  ///   or no negative example, in which case the area is not defined.
  public init(scores: [Double], isPositive: [Bool]) throws(StatisticsError) {
    self = try Self.withParts(scores: scores, isPositive: isPositive).area
  }

  private init(area: Double, positives: Int, negatives: Int, standardError: Double?) {
    (self.area, self.positives, self.negatives) = (area, positives, negatives)
    self.standardError = standardError
  }

  /// The area, and every example's part in its error: the error is the root of the sum of their
  /// squares. There are no parts where there is no error.
  static func withParts(
    scores: [Double], isPositive: [Bool]
  ) throws(StatisticsError) -> (area: ROCArea, parts: [Double]?) {
    guard scores.count == isPositive.count else {
      throw .lengths(
        first: "scores", count: scores.count, second: "labels", otherCount: isPositive.count)
    }
    if let index = scores.firstIndex(where: \.isNaN) {
      throw .entry(list: "scores", index: index, value: scores[index], range: "a number")
    }
    let positive = scores.indices.filter { isPositive[$0] }
    let negative = scores.indices.filter { !isPositive[$0] }
    guard !positive.isEmpty else {
      throw .tooFew(list: "positive examples", count: 0, least: 1)
    }
    guard !negative.isEmpty else {
      throw .tooFew(list: "negative examples", count: 0, least: 1)
    }
    let ranks = Self.midranks(scores)
    // The share of negatives below every positive, and of positives above every negative.
    let below = Self.shares(
      zip(positive.map { ranks[$0] }, Self.midranks(positive.map { scores[$0] })),
      of: negative.count)
    let above = Self.shares(
      zip(negative.map { ranks[$0] }, Self.midranks(negative.map { scores[$0] })),
      of: positive.count
    ).map { 1 - $0 }
    let area = mean(of: below)
    guard let one = Moments.standardDeviation(of: below, rounding: 1e-14),
      let other = Moments.standardDeviation(of: above, rounding: 1e-14)
    else {
      return (
        ROCArea(
          area: area, positives: positive.count, negatives: negative.count, standardError: nil), nil
      )
    }
    let error =
      (one * one / Double(positive.count) + other * other / Double(negative.count)).squareRoot()
    var parts = [Double](repeating: 0, count: scores.count)
    for (group, shares, deviation) in [(positive, below, one), (negative, above, other)]
    where deviation > 0 {
      let size = Double(group.count)
      let middle = mean(of: shares)
      for (index, share) in zip(group, shares) {
        parts[index] = (share - middle) / (size * (size - 1)).squareRoot()
      }
    }
    return (
      ROCArea(
        area: area, positives: positive.count, negatives: negative.count, standardError: error),
      parts
    )
  }

  /// The interval of the area by DeLong's error and the normal distribution, cut to 0...1.
  ///
  /// Where positives and negatives are apart the error is zero, which says nothing. Examples paired off
  /// are independent trials then, all of which succeeded, and the interval is Clopper and Pearson's for
  /// them.
  ///
  /// - Returns: nil with a single positive or negative example.
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func interval(level: Double = 0.95) throws(StatisticsError) -> Interval? {
    guard level > 0, level < 1 else { throw .level(level) }
    guard let standardError else { return nil }
    if area == 0 || area == 1 {
      let pairs = min(positives, negatives)
      return try Proportion(successes: area == 1 ? pairs : 0, trials: pairs)
        .clopperPearson(level: level)
    }
    let reach = -NormalDistribution.quantile((1 - level) / 2) * standardError
    return Interval(low: area - reach, high: area + reach, level: level).clamped(to: 0...1)
  }

  /// Ranks from 1, equal values sharing the mean of theirs.
  private static func midranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for position in start..<end { ranks[order[position]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }

  /// What ranks among all exceed ranks in one's own group by, as a share of the other group.
  private static func shares(
    _ ranks: some Sequence<(Double, Double)>, of count: Int
  ) -> [Double] {
    ranks.map { ($0 - $1) / Double(count) }
  }
}
