import Datasets
import Foundation
import Perturbations
import Reports
import Statistics
import Torch

/// How steep the loss is around the examples.
public struct SmoothnessProbe: Probe {
  /// The probe.
  public init() {}

  /// `smoothness`.
  public var name: String { "smoothness" }

  /// Measures the Euclidean length of every example's input gradient.
  public func run(on subject: Subject) throws -> Evidence {
    let target = subject.target
    let norms = try subject.engine.map(subject.attackedBatch, context: subject.context) { batch in
      let (_, _, gradient) = try target.gradient(at: batch.inputs) {
        $0.crossEntropy(batch.labels, reduction: .none)
      }
      return L2().length(of: gradient).values(as: Double.self)
    }.flatMap { $0 }
    let sorted = norms.sorted()
    var stream = RandomStream(seed: subject.context.seed, purpose: "smoothness.bootstrap")
    let interval = try Bootstrap(.percentile, resamples: subject.settings.resamples).mean(
      of: norms, using: &stream)
    let logarithms = norms.filter { $0 > 0 }.map { log10($0) }
    let finding = try Finding(
      id: "smoothness.gradient_norm", title: "Length of the loss's input gradient",
      value: mean(of: norms), interval: interval, unit: "nats per unit", better: .lower,
      detail: """
        Mean Euclidean length over \(norms.count) examples, percentile bootstrap; median \
        \(FindingID.part(for: quantile(0.5, ofSorted: sorted))), largest \
        \(FindingID.part(for: sorted.last ?? 0)).
        """,
      plots: [
        Plot(
          title: "Lengths of input gradients", caption: "Steep examples are the easiest to break.",
          content: .histogram(
            Plot.Histogram(
              x: Plot.Axis("log10 of the gradient's length"), counted: "examples", bins: 30,
              values: [("all", logarithms)])))
      ])
    let column: [Double?] = (0..<subject.data.count).map { $0 < norms.count ? norms[$0] : nil }
    return Evidence(
      findings: [finding], columns: [.init("gradient_norm", .numbers(column))])
  }
}
