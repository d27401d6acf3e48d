/// P values corrected for how many questions were asked.
public enum MultipleComparisons {
  /// Adjusted p values that keep the chance of any false alarm at the level (Holm, Scandinavian
  /// Journal of Statistics 1979); valid for tests that depend on each other, too.
  ///
  /// - Parameter pValues: in any order; NaN stands for a test that was not made, stays NaN and does
  ///   not count.
  /// - Returns: the adjusted values in the same order, each at most 1.
  public static func holm(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var largest = 0.0
    let order = ranked(pValues)
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, Double(order.count - rank) * pValues[index]))
      adjusted[index] = largest
    }
    return adjusted
  }

  /// Adjusted p values that keep the expected share of false alarms among all alarms at the level, for
  /// tests that are independent or depend positively (Benjamini and Hochberg, Journal of the Royal
  /// Statistical Society B 1995).
  ///
  /// - Parameter pValues: in any order; NaN stands for a test that was not made, stays NaN and does
  ///   not count.
  /// - Returns: the adjusted values in the same order, each at most 1.
  public static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var smallest = 1.0
    let order = ranked(pValues)
    for (rank, index) in order.enumerated().reversed() {
      smallest = min(smallest, pValues[index] * Double(order.count) / Double(rank + 1))
      adjusted[index] = smallest
    }
    return adjusted
  }

  /// The places of the tests that were made, by ascending p value.
  private static func ranked(_ pValues: [Double]) -> [Int] {
    pValues.indices.filter { !pValues[$0].isNaN }.sorted {
      (pValues[$0], $0) < (pValues[$1], $1)
    }
  }
}
