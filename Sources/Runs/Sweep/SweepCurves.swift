import Reports
import Statistics

/// Learning curves of a sweep: the mean over seeds at every step that all runs of a variant have.
struct SweepCurves {
  let plan: SweepPlan
  let members: [SweepMember]
  let store: RunStore

  /// A plot of the accuracy, where the runs have one, for at most six variants.
  func plots() throws -> [Plot] {
    let finished = members.filter { $0.run.status == .finished }
    var series: [Plot.Series] = []
    for variant in plan.variants.prefix(6) {
      let runs = finished.filter { $0.variant == variant.name }
      var values: [Int: [Double]] = [:]
      for member in runs {
        // A run has one of them: labels are counted in place of examples where there are several.
        for name in ["accuracy", "label_accuracy"] {
          for point in try store.series(name, of: member.run) {
            values[point.step, default: []].append(point.value)
          }
        }
      }
      let points = values.filter { $0.value.count == runs.count }.sorted { $0.key < $1.key }.map {
        Plot.Series.Point(
          x: Double($0.key + 1), y: mean(of: $0.value), low: $0.value.min(), high: $0.value.max())
      }
      if points.count > 1 { series.append(.init(variant.name, points: points)) }
    }
    guard !series.isEmpty else { return [] }
    return [
      Plot(
        title: "Accuracy while training",
        caption: "The mean over seeds; bands from the lowest to the highest seed.",
        content: .lines(
          .init(x: .init("step"), y: .init("accuracy", format: .percent), series: series)))
    ]
  }
}
