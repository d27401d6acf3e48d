import Datasets
import Reports
import Statistics
import Torch

/// How often the model is right about examples that can have several labels each, label by label.
public struct LabelsProbe: Probe {
  /// The probe.
  public init() {}

  /// `labels`.
  public var name: String { "labels" }

  /// Examples with several labels.
  public func suits(_ subject: Subject) -> Bool { subject.data.outputs == .labels }

  /// Counts and ranks.
  public func run(on subject: Subject) throws -> Evidence {
    guard let predictions = subject.clean.ofLabels else { return Evidence() }
    let findings = LabelFindings(predictions, seed: subject.context.seed)
    var area = try findings.rocArea(id: "labels.roc_area", title: "Mean ROC area over labels")
    area.plots = predictions.rocArea.map { [Self.plot($0, names: predictions.names)] } ?? []
    return Evidence(
      findings: [
        try findings.labelError(id: "labels.error", title: "Label error"),
        try findings.exactMatchError(
          id: "labels.exact_match_error", title: "Exact-match error"),
        area,
      ],
      flags: [try OutputFlags.notFinite(subject), try probabilities(subject)],
      columns: [
        .init("labels", LabelPredictions.column(subject.data.labelSets)),
        .init("predicted", LabelPredictions.column(predictions.predicted)),
        .init("wrong_share", .numbers(predictions.wrongShares)),
      ])
  }

  /// Logits are negative where labels are not there; outputs that never are, are probabilities.
  private func probabilities(_ subject: Subject) throws -> Flag {
    let outputs = subject.clean.logits
    let share = outputs.greaterOrEqual(to: 0).and(outputs.lessOrEqual(to: 1)).all(along: 1)
      .to(.float64).mean().item
    return try OutputFlags.probabilities(
      share: share, remedy: "Export the model without its sigmoid.")
  }

  private static func plot(_ area: MeanROCArea, names: [String]) -> Plot {
    let bars = area.labels.map { label in
      let interval = try? label.area.interval()
      return Plot.Bars.Bar(
        names[label.index], value: label.area.area, low: interval?.low,
        high: interval?.high)
    }
    return Plot(
      title: "ROC area of each label", caption: "Bars are 95 % intervals by DeLong's error.",
      content: .bars(
        Plot.Bars(category: "label", y: Plot.Axis("ROC area", range: 0...1), bars: bars)))
  }
}
