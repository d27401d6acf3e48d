import Reports
import Statistics

/// What a sweep of so many seeds could have missed.
struct SweepPower {
  let analysis: SweepAnalysis
  let seedCount: Int
  /// Whether there are too many findings for a sentence each.
  var isLong = false

  /// A sentence on every finding, or on why there is none.
  var notes: [String] {
    guard seedCount > 1 else {
      return [
        "One seed: intervals and p values are over the examples of one trained model each. They say"
          + " nothing about what training again would give."
      ]
    }
    var notes = isLong ? [] : analysis.metrics.compactMap(note)
    if seedCount < 6 {
      let least = NumberText.short(2 / Double(1 << seedCount))
      notes.append(
        "A permutation test over \(seedCount) seeds cannot get below p = \(least), so p values over"
          + " seeds are Student's, which take the differences between seeds for normal.")
    }
    return notes
  }

  /// The least differences of all findings, where there are too many for a sentence each.
  var table: TextTable? {
    guard isLong, seedCount > 1 else { return nil }
    let rows = analysis.metrics.compactMap { metric in
      least(metric).map { [metric.title, $0.plain, $0.corrected ?? ""] }
    }
    return TextTable(
      [
        .init("finding"), .init("least difference", .trailing),
        .init("after correction for all comparisons", .trailing),
      ], rows: rows)
  }

  /// How the table is read.
  var tableCaption: String {
    """
    Smaller differences are missed more often than in one case of five with \(seedCount) seeds (paired \
    t test, level 0.05, power 0.8, seeds varying as they do here).
    """
  }

  private func note(_ metric: SweepAnalysis.Metric) -> String? {
    guard let least = least(metric) else { return nil }
    let corrected =
      least.corrected.map { "; after correction for all comparisons, below \($0)" } ?? ""
    return """
      \(metric.title): with \(seedCount) seeds, differences below \(least.plain) are missed more \
      often than in one case of five (paired t test, level 0.05, power 0.8, seeds varying as they \
      do here)\(corrected).
      """
  }

  /// The least difference that is found in four of five cases, as it is and after correction.
  private func least(_ metric: SweepAnalysis.Metric) -> (plain: String, corrected: String?)? {
    // The spread of paired differences, pooled over variants: each alone has too few seeds.
    let variances = metric.cells.compactMap { cell -> Double? in
      guard let base = metric.cells.first(where: { $0.variant == cell.baseline }) else {
        return nil
      }
      let pairs = cell.values.compactMap { entry in
        base.values.first { $0.seed == entry.seed }.map { (entry.value, $0.value) }
      }
      let paired = try? PairedComparison(pairs.map(\.0), baseline: pairs.map(\.1))
      return paired?.standardDeviation.map { $0 * $0 }
    }
    guard !variances.isEmpty, let power = try? PairedTTestPower(),
      let effect = power.detectableEffect(count: seedCount)
    else { return nil }
    let deviation = (variances.reduce(0, +) / Double(variances.count)).squareRoot()
    let strict = try? PairedTTestPower(level: 0.05 / Double(max(1, analysis.comparisonCount)))
    func text(_ effect: Double) -> String {
      SweepText.difference(effect * deviation, unit: metric.unit, isSigned: false)
    }
    return (text(effect), strict?.detectableEffect(count: seedCount).map(text))
  }
}

/// How the figures of a sweep are written.
enum SweepText {
  static func value(_ value: Double, unit: String) -> String {
    unit == Finding.rate
      ? NumberText.percent(value, decimals: 2) : NumberText.measure(value, unit: unit)
  }

  static func interval(_ interval: Interval?, unit: String, isSigned: Bool = false) -> String {
    guard let interval else { return "" }
    if isSigned {
      let low = difference(interval.low, unit: unit, hasUnit: false)
      return "\(low) to \(difference(interval.high, unit: unit, hasUnit: false))"
    }
    guard unit == Finding.rate else {
      return "\(NumberText.short(interval.low)) to \(NumberText.short(interval.high))"
    }
    let low = NumberText.percent(interval.low, decimals: 2).dropLast()
    return "\(low) to \(NumberText.percent(interval.high, decimals: 2))"
  }

  /// A difference; that of rates in percentage points.
  static func difference(
    _ value: Double, unit: String, isSigned: Bool = true, hasUnit: Bool = true
  ) -> String {
    let isRate = unit == Finding.rate
    let size = abs(value)
    let number =
      isRate
      ? String(NumberText.percent(size, decimals: 2).dropLast()) : NumberText.short(size)
    let sign = isSigned ? (value < 0 ? "−" : "+") : ""
    return sign + number + (isRate && hasUnit ? " points" : "")
  }
}
