import Datasets
import Perturbations
import Reports
import Statistics
import Torch

/// How often the model is right on clean examples, class by class.
public struct AccuracyProbe: Probe {
  /// The probe.
  public init() {}

  /// `accuracy`.
  public var name: String { "accuracy" }

  /// Examples with one class each; ``LabelsProbe`` counts labels.
  public func suits(_ subject: Subject) -> Bool { subject.data.outputs == .classes }

  /// Counts.
  public func run(on subject: Subject) throws -> Evidence {
    let clean = subject.clean
    let accuracy = Proportion(clean.correct)
    let finding = try Finding(
      id: "accuracy.clean", title: "Clean accuracy", value: accuracy.rate,
      interval: accuracy.wilson(),
      detail: """
        \(accuracy.successes) of \(accuracy.trials) examples are classified correctly; Wilson \
        interval.
        """,
      plots: [perClass(subject), confusion(subject)])
    return Evidence(
      findings: [finding], flags: [try OutputFlags.notFinite(subject), try probabilities(subject)],
      columns: [
        .init("label", .integers(clean.labels)), .init("predicted", .integers(clean.classes)),
        .init("confidence", .numbers(clean.confidences)), .init("correct", .flags(clean.correct)),
      ])
  }

  private func probabilities(_ subject: Subject) throws -> Flag {
    try OutputFlags.probabilities(
      share: Target.probabilityShare(of: subject.clean.logits),
      remedy: "Export the model without its softmax.")
  }

  private func perClass(_ subject: Subject) -> Plot {
    let bars = subject.data.classNames.enumerated().map { index, name in
      let accuracy = Proportion(
        zip(subject.clean.labels, subject.clean.correct).filter { $0.0 == index }.map(\.1))
      let interval = try? accuracy.wilson()
      return Plot.Bars.Bar(
        name, value: accuracy.rate ?? .nan, low: interval?.low, high: interval?.high)
    }
    return Plot(
      title: "Accuracy of each class", caption: "Bars are 95 % Wilson intervals.",
      content: .bars(
        Plot.Bars(
          category: "class", y: Plot.Axis("accuracy", range: 0...1, format: .percent),
          bars: bars)))
  }

  private func confusion(_ subject: Subject) -> Plot {
    let count = subject.data.classNames.count
    var counts = Array(repeating: Array(repeating: 0, count: count), count: count)
    for (label, predicted) in zip(subject.clean.labels, subject.clean.classes) {
      counts[label][predicted] += 1
    }
    return .confusion(classes: subject.data.classNames, counts: counts)
  }
}
