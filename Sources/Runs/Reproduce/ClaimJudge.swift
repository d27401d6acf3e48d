import Reports
import Statistics

/// Sets what was claimed beside what was measured.
struct ClaimJudge {
  let plan: SweepPlan
  /// The finished runs.
  let members: [SweepMember]
  /// What they say; `nil` where there are none.
  let analysis: SweepAnalysis?
  let store: RunStore

  private func metric(_ finding: String) -> SweepAnalysis.Metric? {
    analysis?.metrics.first { $0.id == finding }
  }

  /// Title and unit of a finding; where it was not measured those that other runs of the store have.
  private func words(of finding: String) throws -> (title: String, unit: String) {
    if let metric = metric(finding) { return (metric.title, metric.unit) }
    let other = try store.anyFinding(named: finding)
    return (other?.title ?? finding, other?.unit ?? "")
  }

  // MARK: Claims

  /// Judges a claim.
  ///
  /// - Throws: ``StoreError``, or `StatisticsError` for findings that are not finite.
  func judge(_ claim: Claim) throws -> JudgedClaim {
    let variant = claim.variant ?? plan.variants[0].name
    let metric = metric(claim.finding)
    let cell = metric?.cells.first { $0.variant == variant }
    var value = cell?.mean
    var interval = cell?.interval
    var count = cell?.values.count ?? 0
    if let other = claim.against {
      let compared = try comparison(of: claim.finding, variant, with: other)
      (value, interval) = (compared?.difference, compared?.interval)
      count = compared?.seedCount ?? 0
    }
    let words = try words(of: claim.finding)
    let verdict =
      value == nil
      ? .notMeasured
      : ClaimVerdict.judge(claim.statement, by: interval, isDifference: claim.against != nil)
    return JudgedClaim(
      claim: claim, title: words.title, unit: words.unit, value: value,
      interval: interval, seedCount: count, verdict: verdict)
  }

  /// The paired comparison of any two variants.
  private func comparison(
    of finding: String, _ variant: String, with baseline: String
  ) throws -> SweepAnalysis.Comparison? {
    guard let analysis else { return nil }
    let values = SweepValues(
      members: members, findings: try store.findings(of: members.map(\.run)))
    return try SweepComparison(
      finding: finding, variant: variant, baseline: baseline, unit: analysis.unit,
      members: members, values: values, store: store
    ).comparison()
  }

  // MARK: Figures of the recipe

  /// The figures that the recipe has, finding by finding.
  ///
  /// - Throws: ``StoreError``.
  func figures() throws -> [FigureTable] {
    let published = plan.settings.published?.values ?? [:]
    return try table(.published, published) + table(.forecast, plan.settings.forecast)
  }

  private func table(
    _ origin: Claim.Origin, _ figures: [String: [String: Double]]
  ) throws -> [FigureTable] {
    var findings = Set(figures.values.flatMap(\.keys)).sorted()
    let order = plan.settings.metrics ?? []
    findings.sort { (order.firstIndex(of: $0) ?? .max) < (order.firstIndex(of: $1) ?? .max) }
    return try findings.map { finding in
      let metric = metric(finding)
      let rows = plan.variants.compactMap { variant in
        figures[variant.name]?[finding].map { row(variant.name, $0, finding, figures, metric) }
      }
      let words = try words(of: finding)
      return FigureTable(
        finding: finding, title: words.title, unit: words.unit, origin: origin, rows: rows)
    }
  }

  private func row(
    _ variant: String, _ figure: Double, _ finding: String,
    _ figures: [String: [String: Double]], _ metric: SweepAnalysis.Metric?
  ) -> FigureTable.Row {
    let cell = metric?.cells.first { $0.variant == variant }
    let level =
      cell.map { ClaimVerdict.judge(figure: figure, by: $0.interval) } ?? .notMeasured
    let baseline = plan.baseline(of: variant)
    let predicted = baseline.flatMap { figures[$0]?[finding] }.map { figure - $0 }
    guard let predicted, predicted != 0 else {
      return .init(
        variant: variant, figure: figure, cell: cell, level: level, baseline: nil,
        predicted: nil, sign: nil)
    }
    let sign =
      cell?.comparison.map {
        ClaimVerdict.judge(
          predicted > 0 ? .above(0) : .below(0), by: $0.interval, isDifference: true)
      } ?? .notMeasured
    return .init(
      variant: variant, figure: figure, cell: cell, level: level, baseline: baseline,
      predicted: predicted, sign: sign)
  }
}
