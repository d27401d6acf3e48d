/// The quantile of ascending numbers, linear between order statistics (type 7 of Hyndman and Fan,
/// The American Statistician 1996; the default of NumPy and R).
///
/// - Parameters:
///   - probability: cut to 0...1.
///   - sorted: the numbers, ascending.
/// - Returns: NaN when there are no numbers.
public func quantile(_ probability: Double, ofSorted sorted: [Double]) -> Double {
  guard let last = sorted.last else { return .nan }
  let position = min(max(probability, 0), 1) * Double(sorted.count - 1)
  guard position.isFinite else { return .nan }
  let index = Int(position)
  guard index + 1 < sorted.count else { return last }
  let (low, high) = (sorted[index], sorted[index + 1])
  // Equal neighbours may be infinite, and infinity minus infinity is not a number.
  return low == high ? low : low + (position - Double(index)) * (high - low)
}

/// The arithmetic mean, NaN when there are no numbers.
public func mean(of values: [Double]) -> Double {
  guard !values.isEmpty else { return .nan }
  return values.reduce(0, +) / Double(values.count)
}
