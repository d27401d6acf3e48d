import Foundation

/// A linear map from numbers to places in a drawing.
struct PlotScale {
  let domain: ClosedRange<Double>
  let start: Double
  let end: Double

  func place(_ value: Double) -> Double {
    let share = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return start + min(max(share, -1), 2) * (end - start)
  }

  /// Round numbers (1, 2 or 5 times a power of ten apart) inside the domain.
  func ticks(atMost count: Int) -> [Double] {
    let span = domain.upperBound - domain.lowerBound
    let rough = span / Double(max(count, 1))
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? rough
    guard step.isFinite, step > 0 else { return [] }
    let first = (domain.lowerBound / step - 1e-9).rounded(.up)
    let last = (domain.upperBound / step + 1e-9).rounded(.down)
    guard first.isFinite, last >= first, last - first < 1000 else { return [] }
    // Adding zero makes minus zero plain.
    return (0...Int(last - first)).map { (first + Double($0)) * step + 0 }
  }

  /// The range that is shown for an axis: its own, or one that holds all values.
  static func domain(
    of axis: Plot.Axis, holding values: [Double], fromZero: Bool = false
  ) -> ClosedRange<Double> {
    if let range = axis.range, range.lowerBound < range.upperBound { return range }
    let finite = values.filter { abs($0) < 1e300 }
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if fromZero { (low, high) = (min(low, 0), max(high, 0)) }
    if low == high {
      // Whole numbers, such as steps, stand between two others.
      let half = low == low.rounded() ? 0.5 : abs(low) * 0.05
      (low, high) = fromZero ? (low, low + 1) : (low - half, high + half)
    }
    // Numbers so large that a half more is lost.
    return low < high ? low...high : low...(low + abs(low) * 0.1 + 1)
  }
}
