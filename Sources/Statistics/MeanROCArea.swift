/// The mean over several labels of the area under the receiver operating characteristic (the "macro"
/// average), for examples that have any number of labels each.
public struct MeanROCArea: Sendable, Hashable {
  /// A label that is counted.
  public struct Label: Sendable, Hashable {
    /// Its place in the list.
    public let index: Int
    /// Its own area.
    public let area: ROCArea
  }

  /// The mean area, in 0...1.
  public let area: Double
  /// The labels that are counted.
  public let labels: [Label]
  /// The labels left out, of which all examples have the same value: they have no area.
  public let leftOut: [Int]
  /// The standard error of the mean area over examples, or nil where a label has a single positive or
  /// negative example.
  public let standardError: Double?

  /// The mean area for scores with labels.
  ///
  /// The error is DeLong's, extended to means over labels: an example's parts in the areas of its labels
  /// are added before they are squared, so that labels of one example need not be independent. With one
  /// label it is DeLong's own.
  ///
  /// - Parameters:
  ///   - scores: for every label, one for every example, higher where the label is there.
  ///   - isPositive: for every label, whether each example has it.
  /// - Throws: `StatisticsError` when lengths differ, a score is not a number, or no label has both
  ///   values.
  public init(scores: [[Double]], isPositive: [[Bool]]) throws(StatisticsError) {
    guard scores.count == isPositive.count else {
      throw .lengths(
        first: "labels' scores", count: scores.count, second: "labels",
        otherCount: isPositive.count)
    }
    let count = isPositive.first?.count ?? 0
    var labels: [Label] = []
    var leftOut: [Int] = []
    var parts: [Double]? = Array(repeating: 0, count: count)
    for (label, (scores, isPositive)) in zip(scores, isPositive).enumerated() {
      guard isPositive.count == count else {
        throw .lengths(
          first: "first label's examples", count: count, second: "label \(label)'s",
          otherCount: isPositive.count)
      }
      guard Set(isPositive).count == 2 else {
        leftOut.append(label)
        continue
      }
      let (area, own) = try ROCArea.withParts(scores: scores, isPositive: isPositive)
      labels.append(Label(index: label, area: area))
      parts = parts.flatMap { sums in own.map { zip(sums, $0).map(+) } }
    }
    guard !labels.isEmpty else {
      throw .tooFew(list: "labels with both values", count: 0, least: 1)
    }
    area = mean(of: labels.map(\.area.area))
    self.labels = labels
    self.leftOut = leftOut
    standardError = parts.map { parts in
      parts.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(labels.count)
    }
  }

  /// The interval of the mean area by its error and the normal distribution, cut to 0...1.
  ///
  /// Where every label's positives and negatives are apart the error is zero, which says nothing: the
  /// interval is that of the label with the fewest pairs then (``ROCArea/interval(level:)``).
  ///
  /// - Returns: nil where there is no error.
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public func interval(level: Double = 0.95) throws(StatisticsError) -> Interval? {
    guard level > 0, level < 1 else { throw .level(level) }
    guard let standardError else { return nil }
    if standardError == 0 {
      let fewest = labels.map(\.area).min {
        min($0.positives, $0.negatives) < min($1.positives, $1.negatives)
      }
      return try fewest?.interval(level: level)
    }
    let reach = -NormalDistribution.quantile((1 - level) / 2) * standardError
    return Interval(low: area - reach, high: area + reach, level: level).clamped(to: 0...1)
  }
}
