import Foundation
import Reports
import Statistics

/// The tables of a sweep.
struct SweepTables {
  let analysis: SweepAnalysis
  let plan: SweepPlan

  func table(of metric: SweepAnalysis.Metric) -> TextTable {
    var columns: [TextTable.Column] = [
      .init("variant"), .init("seeds", .trailing), .init("mean", .trailing),
      .init("95 % interval", .trailing), .init("difference", .trailing),
      .init("95 % interval", .trailing), .init("p", .trailing), .init("p (Holm)", .trailing),
      .init("g", .trailing),
    ]
    if metric.cells.contains(where: { other($0) != nil }) {
      columns.append(.init(otherUnit, .trailing))
    }
    for apart in apart(of: metric) { columns.append(.init(apart.title, .trailing)) }
    var table = TextTable(columns)
    for cell in metric.cells { table.append(row(cell, metric)) }
    return table
  }

  private var otherUnit: String { analysis.unit == .seed ? "p (examples)" : "p (seeds)" }

  /// The p value of the unit that does not decide, where examples of a finding have outcomes.
  private func other(_ cell: SweepAnalysis.Cell) -> Double? {
    analysis.unit == .seed ? cell.comparison?.examplePValue : cell.comparison?.seedPValue
  }

  private func row(_ cell: SweepAnalysis.Cell, _ metric: SweepAnalysis.Metric) -> [String] {
    let compared = cell.comparison
    let hasOther = metric.cells.contains { other($0) != nil }
    let isBaseline = cell.baseline == nil
    var row = [
      cell.variant, "\(cell.values.count)", SweepText.value(cell.mean, unit: metric.unit),
      SweepText.interval(cell.interval, unit: metric.unit),
      isBaseline
        ? "baseline"
        : compared.map { SweepText.difference($0.difference, unit: metric.unit) } ?? "",
      SweepText.interval(compared?.interval, unit: metric.unit, isSigned: true),
      compared?.pValue.map(NumberText.pValue) ?? "",
      compared?.adjusted.map(NumberText.pValue) ?? "",
      compared?.effect.map { NumberText.short($0, digits: 3).replacing("-", with: "−") } ?? "",
    ]
    if hasOther { row.append(other(cell).map(NumberText.pValue) ?? "") }
    for apart in apart(of: metric) {
      row.append(
        cell[keyPath: apart.figure].map { SweepText.value($0, unit: metric.unit) } ?? "")
    }
    return row
  }

  var caption: String {
    let decisive =
      analysis.unit == .seed
      ? "p: paired t test over seeds; p (examples): sign-flip permutation test over test examples"
        + " for the models at hand"
      : "p: sign-flip permutation test over examples (McNemar's exact test for one seed);"
        + " p (seeds): paired t test over seeds"
    return """
      Intervals: \(basis). Differences are to \(reference), seed by \
      seed. \(decisive). p (Holm): corrected for all \(analysis.comparisonCount) comparisons of this \
      page. g: Hedges' g of the paired differences.\(equalText)\(apartText)
      """
  }

  /// Why several seeds may have no p value.
  private var equalText: String {
    let comparisons = analysis.metrics.flatMap(\.cells).compactMap(\.comparison)
    return comparisons.contains { $0.seedCount > 1 && $0.seedPValue == nil }
      ? " Where all seeds differ by the same, Student's t knows nothing: no p, no interval." : ""
  }

  /// All tables for LaTeX.
  func latex(title: String) -> String {
    let head = overview.map {
      [$0.latex(caption: "\(title). \(overviewCaption)", label: "tab:overview")]
    }
    let each = analysis.metrics.map { metric in
      table(of: metric).latex(
        caption: "\(title): \(metric.title.lowercased()). \(caption)",
        label: "tab:\(metric.id)")
    }
    return ((head ?? []) + each).joined(separator: "\n")
  }

  /// One row a finding and variant, every number in full.
  var csv: String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    var table = TextTable(
      [
        "finding", "variant", "unit", "better", "seeds", "mean", "low", "high", "interval",
        "difference", "difference_low", "difference_high", "p", "p_holm", "p_seeds", "p_examples",
        "hedges_g", "forecast", "published", "values",
      ].map { .init($0) })
    for metric in analysis.metrics {
      for cell in metric.cells {
        let compared = cell.comparison
        table.append([
          metric.id, cell.variant, metric.unit, metric.better.rawValue, "\(cell.values.count)",
          text(cell.mean), text(cell.interval?.low), text(cell.interval?.high),
          cell.basis.rawValue, text(compared?.difference), text(compared?.interval?.low),
          text(compared?.interval?.high), text(compared?.pValue), text(compared?.adjusted),
          text(compared?.seedPValue), text(compared?.examplePValue), text(compared?.effect),
          text(cell.forecast), text(cell.published),
          cell.values.map { "\($0.value)" }.joined(separator: " "),
        ])
      }
    }
    return table.csv()
  }

  // MARK: Figures of others

  /// The figures of others that a metric has: each is a column, apart from results.
  private func apart(
    of metric: SweepAnalysis.Metric
  ) -> [(title: String, figure: KeyPath<SweepAnalysis.Cell, Double?>)] {
    [("forecast", \.forecast), ("published", \.published)].filter { column in
      metric.cells.contains { $0[keyPath: column.figure] != nil }
    }
  }

  /// What those columns are.
  private var apartText: String {
    let forecast =
      plan.settings.forecast.isEmpty
      ? "" : " Forecast: a figure that was predicted before anything was run, not a result."
    let published =
      plan.settings.published.map {
        " Published: measured elsewhere, on other networks; no result of this sweep (\($0.source))."
      } ?? ""
    return forecast + published
  }

  // MARK: Overview

  /// What the overview is called.
  static let overviewTitle = "All findings"

  /// Whether there are so many findings that a terminal shows the overview alone, and a page no bars.
  var isLong: Bool { analysis.metrics.count > 12 }

  /// One row a finding, one column a variant, where there are too many findings for the single tables to be
  /// read side by side.
  var overview: TextTable? {
    guard analysis.metrics.count > 5 else { return nil }
    let names = plan.variants.map(\.name).filter { name in
      analysis.metrics.contains { $0.cells.contains { $0.variant == name } }
    }
    let published = names.filter { plan.settings.published?.values[$0] != nil }
    var table = TextTable(
      [.init("finding")] + names.map { .init($0, .trailing) }
        + published.map { .init("published, \($0)", .trailing) })
    for metric in analysis.metrics {
      func cell(_ name: String) -> SweepAnalysis.Cell? {
        metric.cells.first { $0.variant == name }
      }
      table.append(
        ["\(metric.title) \(metric.better == .lower ? "↓" : "↑")"]
          + names.map { text(cell($0), metric.unit) }
          + published.map { name in
            cell(name)?.published.map { Self.short($0, metric.unit) } ?? ""
          })
    }
    return table
  }

  /// A mean with its interval, and a mark where it differs from the baseline's: `0.339 ± 0.026†`.
  private func text(_ cell: SweepAnalysis.Cell?, _ unit: String) -> String {
    guard let cell else { return "" }
    let differs = cell.comparison?.interval.map { $0.low > 0 || $0.high < 0 } ?? false
    let mark = differs ? "†" : ""
    guard let interval = cell.interval, interval.high > interval.low else {
      return Self.short(cell.mean, unit) + mark
    }
    let scale = unit == Finding.rate ? 100.0 : 1
    let half = (interval.high - interval.low) / 2
    // Two digits of the interval's half, and the mean to the same place.
    let decimals = min(max(1 - Int(log10(half * scale).rounded(.down)), 0), 6)
    func text(_ value: Double) -> String {
      String(format: "%.\(decimals)f", value * scale).replacing("-", with: "−")
    }
    let percent = unit == Finding.rate ? " %" : ""
    let isSymmetric = abs(interval.high + interval.low - 2 * cell.mean) < half * 1e-3
    return isSymmetric
      ? "\(text(cell.mean)) ± \(text(half))\(percent)\(mark)"
      : "\(text(cell.mean)) (\(text(interval.low)) to \(text(interval.high)))\(percent)\(mark)"
  }

  /// Three digits; more are in the tables of the findings.
  private static func short(_ value: Double, _ unit: String) -> String {
    unit == Finding.rate
      ? NumberText.percent(value, decimals: 1)
      : NumberText.short(value, digits: 3).replacing("-", with: "−")
  }

  /// How the overview is read.
  var overviewCaption: String {
    """
    Means with 95 % intervals; ↑ higher and ↓ lower is better. †: the interval of the paired difference to \(reference) leaves out 0, \
    without a correction for many comparisons; p values that are corrected stand in each finding's own \
    table. \(caption)
    """
  }

  private var reference: String {
    analysis.baselines.count == 1 ? analysis.baselines[0] : "the nearest baseline above"
  }

  private var basis: String {
    Set(analysis.metrics.flatMap { $0.cells.map(\.basis.rawValue) }).sorted().joined(
      separator: ", ")
  }
}
