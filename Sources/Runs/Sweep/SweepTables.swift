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
      .init("g", .trailing), .init(otherUnit, .trailing),
    ]
    for apart in apart(of: metric) { columns.append(.init(apart.title, .trailing)) }
    var table = TextTable(columns)
    for cell in metric.cells { table.append(row(cell, metric)) }
    return table
  }

  private var otherUnit: String { analysis.unit == .seed ? "p (examples)" : "p (seeds)" }

  private func row(_ cell: SweepAnalysis.Cell, _ metric: SweepAnalysis.Metric) -> [String] {
    let compared = cell.comparison
    let other = analysis.unit == .seed ? compared?.examplePValue : compared?.seedPValue
    let isBaseline = cell.baseline == nil
    return [
      cell.variant, "\(cell.values.count)", SweepText.value(cell.mean, unit: metric.unit),
      SweepText.interval(cell.interval, unit: metric.unit),
      isBaseline
        ? "baseline"
        : compared.map { SweepText.difference($0.difference, unit: metric.unit) } ?? "",
      SweepText.interval(compared?.interval, unit: metric.unit, isSigned: true),
      compared?.pValue.map(NumberText.pValue) ?? "",
      compared?.adjusted.map(NumberText.pValue) ?? "",
      compared?.effect.map { NumberText.short($0, digits: 3).replacing("-", with: "−") } ?? "",
      other.map(NumberText.pValue) ?? "",
    ]
      + apart(of: metric).map { apart in
        cell[keyPath: apart.figure].map { SweepText.value($0, unit: metric.unit) } ?? ""
      }
  }

  var caption: String {
    let decisive =
      analysis.unit == .seed
      ? "p: paired t test over seeds; p (examples): sign-flip permutation test over test examples"
        + " for the models at hand"
      : "p: sign-flip permutation test over examples (McNemar's exact test for one seed);"
        + " p (seeds): paired t test over seeds"
    let reference =
      analysis.baselines.count == 1 ? analysis.baselines[0] : "the nearest baseline above"
    return """
      Intervals: \(basis). Differences are to \(reference), seed by \
      seed. \(decisive). p (Holm): corrected for all \(analysis.comparisonCount) comparisons of this \
      page. g: Hedges' g of the paired differences.\(apartText)
      """
  }

  /// All tables for LaTeX.
  func latex(title: String) -> String {
    analysis.metrics.map { metric in
      table(of: metric).latex(
        caption: "\(title): \(metric.title.lowercased()). \(caption)",
        label: "tab:\(metric.id)")
    }.joined(separator: "\n")
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

  /// One row a finding, one column a variant, where there are too many findings for the single tables to be
  /// read side by side.
  var overview: TextTable? {
    guard analysis.metrics.count > 5 else { return nil }
    let names = plan.variants.map(\.name).filter { name in
      analysis.metrics.contains { $0.cells.contains { $0.variant == name } }
    }
    let published = names.filter { plan.settings.published?.values[$0] != nil }
    var table = TextTable(
      [.init("finding"), .init("better")] + names.map { .init($0, .trailing) }
        + published.map { .init("\($0), published", .trailing) })
    for metric in analysis.metrics {
      func cell(_ name: String) -> SweepAnalysis.Cell? {
        metric.cells.first { $0.variant == name }
      }
      table.append(
        [metric.id, metric.better.rawValue] + names.map { text(cell($0), metric.unit) }
          + published.map { name in
            cell(name)?.published.map { SweepText.value($0, unit: metric.unit) } ?? ""
          })
    }
    return table
  }

  /// A mean with its interval.
  private func text(_ cell: SweepAnalysis.Cell?, _ unit: String) -> String {
    guard let cell else { return "" }
    let mean = SweepText.value(cell.mean, unit: unit)
    guard let interval = cell.interval else { return mean }
    return "\(mean) (\(SweepText.interval(interval, unit: unit)))"
  }

  /// How the overview is read.
  var overviewCaption: String {
    "Means with 95 % intervals (\(basis)).\(apartText) Each finding's own table follows."
  }

  private var basis: String {
    Set(analysis.metrics.flatMap { $0.cells.map(\.basis.rawValue) }).sorted().joined(
      separator: ", ")
  }
}
