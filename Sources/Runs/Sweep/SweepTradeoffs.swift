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

    /// What `mid-0.01` shares with `mid-0.1`, and in which order they come; `nil` for a name without a number.
    var strength: (family: String, value: Double)? {
      for mark in name.indices.dropFirst() where "-=".contains(name[mark]) {
        guard let value = Double(name[name.index(after: mark)...]), value.isFinite else { continue }
        return (String(name[..<mark]), value)
      }
      return nil
    }

    func point(withInterval: Bool) -> Plot.Series.Point {
      .init(
        x: x.mean, y: y.mean, low: withInterval ? y.interval?.low : nil,
        high: withInterval ? y.interval?.high : nil)
    }
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

  /// A curve for variants of one name that differ in a number at its end, and a point, above the curves, for every
  /// other one.
  private func series(of places: [Place]) -> [Plot.Series] {
    let families = Dictionary(grouping: places) { $0.strength?.family ?? "" }
    var drawn: Set<String> = []
    let series: [Plot.Series] = places.compactMap { place in
      guard let family = place.strength?.family, let members = families[family], members.count > 1
      else { return .init(place.name, points: [place.point(withInterval: true)], style: .points) }
      guard drawn.insert(family).inserted else { return nil }
      let ordered = members.sorted { ($0.strength?.value ?? 0) < ($1.strength?.value ?? 0) }
      return .init(family, points: ordered.map { $0.point(withInterval: false) }, style: .marked)
    }
    return series.filter { $0.style == .marked } + series.filter { $0.style != .marked }
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
    let series = series(of: places)
    let joined =
      series.contains { $0.points.count > 1 }
      ? "A line joins variants that differ in the number at the end of their name, in its order. "
      : ""
    return Plot(
      title: "\(y.title) against \(Self.lowered(x.title))",
      caption:
        "Means over seeds, intervals with the numbers. \(joined)No variant is better in both than "
        + "\(names) (dashed).",
      content: .lines(
        .init(
          x: axis(x), y: axis(y),
          series: series + [
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
