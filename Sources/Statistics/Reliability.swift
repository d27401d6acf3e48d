/// How well a classifier's confidence agrees with its accuracy, over bins of equal width.
///
/// Bin `b` of `B` holds confidences in (b/B, (b+1)/B], the first also 0 (Guo et al., "On calibration
/// of modern neural networks", ICML 2017).
public struct Reliability: Sendable, Hashable, Codable {
  /// The examples whose confidence lies in one range.
  public struct Bin: Sendable, Hashable, Codable {
    /// The lower end of the range, excluded but in the first bin.
    public let low: Double
    /// The upper end of the range, included.
    public let high: Double
    /// How many examples are in the bin.
    public let count: Int
    /// How many of them are classified correctly.
    public let correct: Int
    /// The mean confidence of the bin, or nil when it is empty.
    public let confidence: Double?

    /// The share of correct examples of the bin, or nil when it is empty.
    public var accuracy: Double? { count == 0 ? nil : Double(correct) / Double(count) }
  }

  /// The bins, by ascending confidence.
  public let bins: [Bin]

  /// Bins from one confidence and one outcome per example.
  ///
  /// - Parameters:
  ///   - confidences: the probability given to the predicted class, in 0...1 each.
  ///   - correct: whether the predicted class is the true one.
  ///   - bins: how many bins; 15 is usual.
  /// - Throws: `StatisticsError` when there are no examples, the lengths differ, or a confidence is
  ///   not in 0...1.
  public init(
    confidences: [Double], correct: [Bool], bins: Int = 15
  ) throws(StatisticsError) {
    guard confidences.count == correct.count else {
      throw .lengths(
        first: "confidences", count: confidences.count, second: "correct",
        otherCount: correct.count)
    }
    guard !confidences.isEmpty else { throw .empty(statistic: "calibration error") }
    guard (1...1_000_000).contains(bins) else {
      throw .setting(name: "bins", value: "\(bins)", range: "from 1 to 1000000")
    }
    var counts = [Int](repeating: 0, count: bins)
    var hits = counts
    var sums = [Double](repeating: 0, count: bins)
    for (index, confidence) in confidences.enumerated() {
      // Softmax in float32 may sum to a little more than one.
      guard confidence >= 0, confidence <= 1 + 1e-6 else {
        throw .entry(
          list: "confidences", index: index, value: confidence, range: "between 0 and 1")
      }
      let bin = min(max(Int((confidence * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
      counts[bin] += 1
      hits[bin] += correct[index] ? 1 : 0
      sums[bin] += confidence
    }
    self.bins = counts.indices.map { index in
      Bin(
        low: Double(index) / Double(bins), high: Double(index + 1) / Double(bins),
        count: counts[index], correct: hits[index],
        confidence: counts[index] == 0 ? nil : sums[index] / Double(counts[index]))
    }
  }

  /// The expected calibration error: the gap between accuracy and confidence, averaged over the
  /// examples; from 0 to 1, lower is better.
  ///
  /// It is biased upwards, the more so the fewer examples there are in a bin, and resampling adds
  /// to the bias: bootstrap it with `Bootstrap.Method.biasCorrectedAccelerated`.
  public var expectedCalibrationError: Double {
    let total = bins.reduce(0) { $0 + $1.count }
    return bins.reduce(0) { $0 + Double($1.count) / Double(max(total, 1)) * (Self.gap($1) ?? 0) }
  }

  /// The largest gap between accuracy and confidence over the bins that are not empty.
  public var maximumCalibrationError: Double {
    bins.compactMap(Self.gap).max() ?? 0
  }

  private static func gap(_ bin: Bin) -> Double? {
    guard let accuracy = bin.accuracy, let confidence = bin.confidence else { return nil }
    return abs(accuracy - confidence)
  }
}
