import Foundation
import Reports
import Statistics

/// Numbers and verdicts in words, as cells of tables.
enum ExperimentText {
  /// `11.14% (10.76 to 11.51%)`.
  static func measure(_ value: Double, _ interval: Interval?, unit: String) -> String {
    guard let interval else { return SweepText.value(value, unit: unit) }
    guard let decimals = decimals(value, interval, unit: unit) else {
      let range = SweepText.interval(interval, unit: unit)
      return "\(SweepText.value(value, unit: unit)) (\(range))"
    }
    func text(_ number: Double) -> String {
      String(format: "%.\(decimals)f", number).replacing("-", with: "−")
    }
    let words = [text(value), unit].filter { !$0.isEmpty }.joined(separator: " ")
    return "\(words) (\(text(interval.low)) to \(text(interval.high)))"
  }

  /// `−0.28 points (−0.46 to −0.09)`.
  static func difference(_ value: Double, _ interval: Interval?, unit: String) -> String {
    guard let interval else { return SweepText.difference(value, unit: unit) }
    guard let decimals = decimals(value, interval, unit: unit) else {
      let range = SweepText.interval(interval, unit: unit, isSigned: true)
      return "\(SweepText.difference(value, unit: unit)) (\(range))"
    }
    func text(_ number: Double) -> String {
      (number < 0 ? "−" : "+") + String(format: "%.\(decimals)f", abs(number))
    }
    return "\(text(value)) (\(text(interval.low)) to \(text(interval.high)))"
  }

  /// As many decimals as show two digits of the interval's half; `nil` where numbers are better shown otherwise.
  private static func decimals(_ value: Double, _ interval: Interval, unit: String) -> Int? {
    let half = interval.width / 2
    let largest = max(abs(value), abs(interval.low), abs(interval.high))
    guard unit != Finding.rate, half > 1e-9 * largest, largest < 1e6, half > 1e-7 else {
      return nil
    }
    return min(max(1 - Int(log10(half).rounded(.down)), 0), 6)
  }

  /// A figure as somebody wrote it: `18.50%`, `34.965`.
  static func figure(_ value: Double, unit: String) -> String {
    guard unit != Finding.rate else { return SweepText.value(value, unit: unit) }
    let text = NumberText.short(value, digits: 6).replacing("-", with: "−")
    return unit.isEmpty ? text : "\(text) \(unit)"
  }

  /// `3 seeds × 1000`, or `1000` for one seed.
  static func size(seeds: Int, examples: ClosedRange<Int>?) -> String {
    let units = examples.map {
      $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)"
    }
    let repeated = seeds > 1 ? "\(seeds) seeds" : nil
    return [repeated, units].compactMap(\.self).joined(separator: " × ")
  }

  /// `held: inside the interval`.
  static func verdict(_ verdict: ClaimVerdict) -> String {
    let mark = verdict.outcome.rawValue
    return verdict.reason.isEmpty ? mark : "\(mark): \(verdict.reason)"
  }
}
