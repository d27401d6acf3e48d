import Reports
import Statistics

/// Numbers and verdicts in words, as cells of tables.
enum ExperimentText {
  /// `11.14% (10.76 to 11.51%)`.
  static func measure(_ value: Double, _ interval: Interval?, unit: String) -> String {
    let text = SweepText.value(value, unit: unit)
    guard let interval else { return text }
    return "\(text) (\(SweepText.interval(interval, unit: unit)))"
  }

  /// `−0.28 points (−0.46 to −0.09)`.
  static func difference(_ value: Double, _ interval: Interval?, unit: String) -> String {
    let text = SweepText.difference(value, unit: unit)
    guard let interval else { return text }
    return "\(text) (\(SweepText.interval(interval, unit: unit, isSigned: true)))"
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
