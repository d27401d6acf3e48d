import Reports
import Statistics

/// What variants pay for one finding with another: means of both, variant by variant, and who is not beaten in
/// both by any other (the Pareto front).
struct SweepTradeoffs {
  let analysis: SweepAnalysis
  let settings: SweepSettings

  private struct Place {
    var name: String
    var x: SweepAnalysis.Cell
    var y: SweepAnalysis.Cell
  }

  /// A plot for every pair of findings that is finished.
  var plots: [Plot] {
    settings.tradeoffs.flatMap { entry in entry.against.compactMap { plot(entry.finding, $0) } }
  }

  /// Findings that were asked for and are not there.
  var unknown: [String] {
    let named = settings.tradeoffs.flatMap { [$0.finding] + $0.against }
    return (named + settings.ceilings.values.sorted()).filter { name in
      !analysis.metrics.contains { $0.id == name }
    }
  }

  /// The line that no point is above; none where the recipe names no finding for it.
  private func ceiling(of finding: String, _ x: SweepAnalysis.Metric) -> [Plot.Series] {
    guard let name = settings.ceilings[finding],
      let bound = analysis.metrics.first(where: { $0.id == name })
    else { return [] }
    let points = x.cells.compactMap { cell in
      bound.cells.first { $0.variant == cell.variant }.map {
        Plot.Series.Point(x: cell.mean, y: $0.mean)
      }
    }
    return [
      .init(Self.lowered(bound.title), points: points.sorted { $0.x < $1.x }, style: .bound)
    ]
  }

  private func plot(_ first: String, _ second: String) -> Plot? {
    guard let x = analysis.metrics.first(where: { $0.id == first }),
      let y = analysis.metrics.first(where: { $0.id == second })
    else { return nil }
    let places = x.cells.compactMap { cell in
      y.cells.first { $0.variant == cell.variant }.map { Place(name: cell.variant, x: cell, y: $0) }
    }
    guard places.count > 1 else { return nil }
    let front = places.filter { place in
      !places.contains { beats($0, place, x, y) }
    }.sorted { $0.x.mean < $1.x.mean }
    let names = front.map(\.name).joined(separator: ", ")
    return Plot(
      title: "\(y.title) against \(Self.lowered(x.title))",
      caption:
        "Means over seeds, intervals with the numbers. No variant is better in both than "
        + "\(names) (dashed).",
      content: .lines(
        .init(
          x: axis(x), y: axis(y),
          series: places.map { place in
            .init(
              place.name,
              points: [
                .init(
                  x: place.x.mean, y: place.y.mean, low: place.y.interval?.low,
                  high: place.y.interval?.high)
              ], style: .points)
          } + [
            .init(
              "not beaten", points: front.map { .init(x: $0.x.mean, y: $0.y.mean) },
              style: .reference)
          ] + ceiling(of: second, x))))
  }

  /// Whether one place is at least as good in both and better in one.
  private func beats(
    _ one: Place, _ other: Place, _ x: SweepAnalysis.Metric, _ y: SweepAnalysis.Metric
  ) -> Bool {
    let gains = [
      (x.better == .lower ? -1 : 1) * (one.x.mean - other.x.mean),
      (y.better == .lower ? -1 : 1) * (one.y.mean - other.y.mean),
    ]
    return gains.allSatisfy { $0 >= 0 } && gains.contains { $0 > 0 }
  }

  private func axis(_ metric: SweepAnalysis.Metric) -> Plot.Axis {
    .init(metric.title, format: metric.unit == Finding.rate ? .percent : .number)
  }

  private static func lowered(_ title: String) -> String {
    title.prefix(1).lowercased() + title.dropFirst()
  }
}
