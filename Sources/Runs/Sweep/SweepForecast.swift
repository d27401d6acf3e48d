import Statistics

/// What held of figures that somebody predicted: a sentence for every finding that has such.
struct SweepForecast {
  private let metrics: [SweepAnalysis.Metric]

  init(_ analysis: SweepAnalysis) { metrics = analysis.metrics }

  /// A sentence each.
  var notes: [String] { metrics.compactMap(note) }

  private func note(_ metric: SweepAnalysis.Metric) -> String? {
    let predicted = metric.cells.filter { $0.forecast != nil }
    guard !predicted.isEmpty else { return nil }
    let inside = predicted.filter { cell in
      guard let forecast = cell.forecast else { return false }
      return ClaimVerdict.judge(figure: forecast, by: cell.interval).outcome == .held
    }
    var text = """
      Forecast of \(metric.id): \(inside.count) of \(predicted.count) predicted figures lie in the interval \
      that was measured
      """
    let signs = predicted.compactMap { sign(of: $0, in: metric) }
    if !signs.isEmpty {
      text += """
        ; of \(signs.count) predicted differences to the baseline \(count(signs, 1)) showed with the \
        predicted sign, \(count(signs, -1)) with the opposite one, and \(count(signs, 0)) cannot be told \
        from zero
        """
    }
    return text + "."
  }

  private func count(_ signs: [Int], _ sign: Int) -> Int { signs.count { $0 == sign } }

  /// 1 when a difference has the predicted sign and an interval without zero, -1 for the opposite sign, 0
  /// when nothing can be told.
  private func sign(of cell: SweepAnalysis.Cell, in metric: SweepAnalysis.Metric) -> Int? {
    guard let name = cell.baseline, let own = cell.forecast,
      let other = metric.cells.first(where: { $0.variant == name })?.forecast, own != other,
      let compared = cell.comparison
    else { return nil }
    switch ClaimVerdict.judge(own > other ? .above(0) : .below(0), by: compared.interval).outcome {
    case .held: return 1
    case .notHeld: return -1
    case .cannotTell, .notMeasured: return 0
    }
  }
}
