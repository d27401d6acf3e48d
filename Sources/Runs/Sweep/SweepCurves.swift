import Reports
import Statistics

/// Learning curves of a sweep: the mean over seeds at every step that all runs of a variant have.
struct SweepCurves {
  let plan: SweepPlan
  let members: [SweepMember]
  let store: RunStore

  /// Plots of the accuracy, where the runs have one: at most six lines each, the baseline's among them.
  func plots() throws -> [Plot] {
    var series: [String: Plot.Series] = [:]
    for variant in plan.variants {
      series[variant.name] = try curve(of: variant.name)
    }
    let drawn = plan.variants.map(\.name).filter { series[$0] != nil }
    let groups = Self.groups(of: drawn) { plan.baseline(of: $0) }
    return groups.enumerated().map { index, names in
      let part = groups.count > 1 ? " (\(index + 1) of \(groups.count))" : ""
      return Plot(
        title: "Accuracy while training\(part)",
        caption: "The mean over seeds; bands from the lowest to the highest seed.",
        content: .lines(
          .init(
            x: .init("step"), y: .init("accuracy", format: .percent),
            series: names.compactMap { series[$0] })))
    }
  }

  /// Names in groups of at most six, in order; each begins with the baseline of its first name.
  static func groups(of names: [String], baseline: (String) -> String?) -> [[String]] {
    guard names.count > 6 else { return names.isEmpty ? [] : [names] }
    var groups: [[String]] = []
    for name in names {
      if let last = groups.last, last.count < 6 {
        if !last.contains(name) { groups[groups.count - 1].append(name) }
      } else {
        let first = baseline(name).flatMap { names.contains($0) && $0 != name ? $0 : nil }
        groups.append((first.map { [$0] } ?? []) + [name])
      }
    }
    return groups
  }

  /// The mean accuracy of a variant at the steps that all of its runs have; `nil` for fewer than two.
  private func curve(of variant: String) throws -> Plot.Series? {
    let runs = members.filter { $0.run.status == .finished && $0.variant == variant }
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
    return points.count > 1 ? .init(variant, points: points) : nil
  }
}
