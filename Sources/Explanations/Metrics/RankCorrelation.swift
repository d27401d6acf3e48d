import Foundation

/// Spearman's rank correlation, in which equal values share the mean of their ranks.
public enum RankCorrelation {
  /// The correlation of two lists of equal length, in [-1, 1]; not a number where one of them is constant or
  /// holds something that is no number.
  public static func spearman(_ left: [Double], _ right: [Double]) -> Double {
    guard left.count == right.count, left.count > 1 else { return .nan }
    guard left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite) else { return .nan }
    return pearson(ranks(left), ranks(right))
  }

  /// The rank of every value from 1, ties sharing the mean of theirs.
  static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      let rank = Double(start + 1 + end) / 2
      for position in start..<end { ranks[order[position]] = rank }
      start = end
    }
    return ranks
  }

  private static func pearson(_ left: [Double], _ right: [Double]) -> Double {
    let count = Double(left.count)
    let (a, b) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (x, y) in zip(left, right) {
      product += (x - a) * (y - b)
      first += (x - a) * (x - a)
      second += (y - b) * (y - b)
    }
    guard first > 0, second > 0 else { return .nan }
    return product / (first * second).squareRoot()
  }
}
