/// Means and deviations that several estimates share.
enum Moments {
  /// The standard deviation with n - 1, or nil for fewer than two numbers.
  ///
  /// - Parameter rounding: by how much numbers may differ and still count as equal; then it is 0, so
  ///   that no ratio is made of rounding errors.
  static func standardDeviation(of values: [Double], rounding: Double = 0) -> Double? {
    guard values.count > 1, let low = values.min(), let high = values.max() else { return nil }
    guard high - low > rounding else { return 0 }
    let count = Double(values.count)
    let centre = mean(of: values)
    var (sum, squares) = (0.0, 0.0)
    for value in values {
      sum += value - centre
      squares += (value - centre) * (value - centre)
    }
    // The second term takes out what rounding left in the mean (Chan et al., The American
    // Statistician 1983).
    return (max(0, squares - sum * sum / count) / (count - 1)).squareRoot()
  }

  /// Student's interval of a quantity with a standard error.
  static func interval(
    of estimate: Double, standardError: Double, degreesOfFreedom: Double, level: Double
  ) throws(StatisticsError) -> Interval {
    guard level > 0, level < 1 else { throw .level(level) }
    // The lower quantile, because (1 + level) / 2 would round a small tail away.
    let reach =
      -StudentT(uncheckedDegreesOfFreedom: degreesOfFreedom).quantile((1 - level) / 2)
      * standardError
    return Interval(low: estimate - reach, high: estimate + reach, level: level)
  }
}
