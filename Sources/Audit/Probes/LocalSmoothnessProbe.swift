import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Statistics
import Torch

/// How far predictions move around the examples, without labels: local distributional smoothness
/// (Miyato et al., TPAMI 2019) and the curvature it comes from.
public struct LocalSmoothnessProbe: Probe {
  /// Parts of the radius at which divergences are measured; 1 is the finding.
  private static let shares = [0.25, 0.5, 1, 2, 4]
  private static let eigenvalueCount = 5

  /// The probe.
  public init() {}

  /// `local-smoothness`.
  public var name: String { "local-smoothness" }

  /// Any subject whose inputs are numbers; of several labels the divergences are added.
  public func suits(_ subject: Subject) -> Bool { subject.data.vocabulary == nil }

  /// Measures divergences along virtual adversarial, fast gradient and random directions.
  public func run(on subject: Subject) throws -> Evidence {
    // Probabilities of classes sum to one, which takes a direction away.
    let rank = subject.classifier.classCount - (subject.data.outputs == .classes ? 1 : 0)
    let radius = Self.radius(for: subject.attackedBatch.inputs)
    let measured = try subject.engine.map(
      subject.attackedBatch, context: subject.context
    ) { batch in
      try LocalMeasurement(
        subject: subject, batch: batch, radius: radius, shares: Self.shares,
        eigenvalueCount: min(Self.eigenvalueCount, rank))
    }
    let lds = measured.flatMap { $0.divergences[Self.shares.firstIndex(of: 1) ?? 0] }
    let curvature = measured.flatMap { $0.eigenvalues.map { $0.first ?? 0 } }
    let count = lds.count
    func column(_ values: [Double]) -> [Double?] {
      (0..<subject.data.count).map { $0 < count ? values[$0] : nil }
    }
    let smoothness = try finding(
      subject, "smoothness.lds", "Divergence in the virtual adversarial direction", lds, "nats",
      "at Euclidean radius \(FindingID.part(for: radius)), 4 power iterations",
      [Self.divergencePlot(measured, radius)])
    var bend = try finding(
      subject, "smoothness.curvature", "Largest curvature of the divergence", curvature,
      "nats per squared unit", "10 power iterations", [Self.spectrumPlot(measured)])
    bend?.pictures = try LocalPictures.strips(of: subject, radius: radius)
    return Evidence(
      findings: [smoothness, bend].compactMap(\.self),
      columns: [
        .init("lds", .numbers(column(lds))), .init("curvature", .numbers(column(curvature))),
      ])
  }

  /// A twentieth of the inputs' median length, to one digit.
  static func radius(for inputs: Tensor) -> Double {
    let lengths = L2().length(of: inputs).values(as: Double.self).sorted()
    let exact = quantile(0.5, ofSorted: lengths) / 20
    guard exact > 0 else { return 0.1 }
    let power = pow(10, floor(log10(exact)))
    return (exact / power).rounded() * power
  }

  private func finding(
    _ subject: Subject, _ id: String, _ title: String, _ values: [Double], _ unit: String,
    _ how: String, _ plots: [Plot]
  ) throws -> Finding? {
    // Where outputs are not finite there is nothing to average; a flag says so.
    let count = values.count
    let values = values.filter(\.isFinite)
    guard !values.isEmpty else { return nil }
    var stream = RandomStream(seed: subject.context.seed, purpose: "\(id).bootstrap")
    let interval = try Bootstrap(.percentile, resamples: subject.settings.resamples).mean(
      of: values, using: &stream)
    return try Finding(
      id: id, title: title, value: mean(of: values), interval: interval, unit: unit,
      better: .lower,
      detail: """
        Mean over \(values.count == count ? "" : "the finite ones, \(values.count), of ")\(count) \
        examples, \(how); percentile bootstrap; median \
        \(FindingID.part(for: quantile(0.5, ofSorted: values.sorted()))).
        """,
      plots: plots)
  }

  private static func finiteMean(_ values: [Double]) -> Double {
    let values = values.filter(\.isFinite)
    return values.isEmpty ? 0 : mean(of: values)
  }

  private static func divergencePlot(_ measured: [LocalMeasurement], _ radius: Double) -> Plot {
    func series(_ name: String, _ part: (LocalMeasurement) -> [[Double]]) -> Plot.Series {
      Plot.Series(
        name,
        points: shares.indices.map { index in
          Plot.Series.Point(
            x: shares[index] * radius, y: finiteMean(measured.flatMap { part($0)[index] }))
        })
    }
    return Plot(
      title: "Divergence against the size of the perturbation",
      caption: "Means over the attacked examples; the fast gradient knows the label.",
      content: .lines(
        Plot.Lines(
          x: Plot.Axis("Euclidean radius (units of the data)"), y: Plot.Axis("divergence (nats)"),
          series: [
            series("virtual adversarial", \.divergences), series("fast gradient", \.gradient),
            series("random", \.random),
          ])))
  }

  private static func spectrumPlot(_ measured: [LocalMeasurement]) -> Plot {
    let rows = measured.flatMap(\.eigenvalues)
    let count = rows.first?.count ?? 0
    let points = (0..<count).map { index in
      Plot.Series.Point(x: Double(index + 1), y: finiteMean(rows.map { $0[index] }))
    }
    return Plot(
      title: "Curvature spectrum",
      caption:
        "Mean eigenvalues of the divergence's Hessian; no more than labels, or classes less one.",
      content: .lines(
        Plot.Lines(
          x: Plot.Axis("eigenvalue"), y: Plot.Axis("nats per squared unit"),
          series: [Plot.Series("mean", points: points)])))
  }
}

/// What was measured around some examples.
private struct LocalMeasurement: Sendable {
  /// Divergences along virtual adversarial directions, by share of the radius, then example.
  var divergences: [[Double]] = []
  /// Those along the gradient of the cross-entropy.
  var gradient: [[Double]] = []
  /// Those along random directions.
  var random: [[Double]] = []
  /// The largest eigenvalues of every example.
  var eigenvalues: [[Double]] = []

  init(
    subject: Subject, batch: Batch, radius: Double, shares: [Double], eigenvalueCount: Int
  ) throws {
    let target = subject.target
    let clean = try withoutGradients { try target.logits(batch.inputs) }
    let unit = try Ball(L2(), radius: 1)
    let divergence = Divergence.standard(for: batch.outputs)
    func rule(_ iterations: Int) -> VirtualAdversarialDirection {
      VirtualAdversarialDirection(divergence: divergence, powerIterations: iterations)
    }
    func direction(_ iterations: Int) throws -> Tensor {
      var streams = subject.context.streams("local-smoothness", examples: batch.indices)
      return try rule(iterations).perturbations(
        of: batch.inputs, clean: clean, within: unit, streams: &streams, logits: target.logits)
    }
    func along(_ direction: Tensor) throws -> [[Double]] {
      try shares.map { share in
        let moved = try withoutGradients {
          try target.logits(batch.inputs + direction * (share * radius))
        }
        return divergence(from: clean, to: moved).values(as: Double.self)
      }
    }
    // The sign of an eigenvector is arbitrary; the worse of the two is the direction.
    let found = try direction(4)
    divergences = zip(try along(found), try along(found * -1)).map { zip($0, $1).map(max) }
    random = try along(try direction(0))
    let (_, _, slope) = try target.gradient(at: batch.inputs) {
      batch.crossEntropy(of: $0, reduction: .none)
    }
    gradient = try along(L2().steepest(slope))
    var streams = subject.context.streams("local-smoothness.spectrum", examples: batch.indices)
    let spectrum = CurvatureSpectrum(count: max(1, eigenvalueCount), rule: rule(1))
    let values = try spectrum.values(
      at: batch.inputs, clean: clean, streams: &streams, logits: target.logits
    ).values
    eigenvalues = (0..<batch.count).map { values[$0].values(as: Double.self) }
  }
}
