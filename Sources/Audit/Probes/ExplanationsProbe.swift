import Datasets
import Explanations
import Perturbations
import Reports
import Torch

/// What explanations of the model are worth: whether the score falls with what they name, whether they stay
/// where they are under a little noise, and whether two of them agree.
///
/// There is no threshold: nobody knows how faithful an explanation must be.
public struct ExplanationsProbe: Probe {
  /// The probe.
  public init() {}

  /// `explanations`.
  public var name: String { "explanations" }

  /// The cheap methods that are measured; signs are kept, so that they can be compared.
  private static let methods: [any Attribution] = [
    Saliency(isAbsolute: false), SmoothGrad(samples: 20),
  ]

  /// Explains the predictions for the probed examples and measures the maps.
  public func run(on subject: Subject) throws -> Evidence {
    let batch = Self.batch(of: subject)
    let question = Question(subject.target, focus: .predicted)
    var evidence = Evidence()
    var results: [AttributionResult] = []
    for method in Self.methods {
      let result = try method.attribute(batch, question, context: subject.context)
      results.append(result)
      for metric in Self.metrics(for: subject.data.inputShape, of: method) {
        let values = try metric.measure(
          result, of: method, batch, question, context: subject.context)
        evidence.findings.append(try finding(metric.about, method.name, values, subject))
      }
    }
    evidence.findings += try distances(results, subject)
    if !evidence.findings.isEmpty {
      evidence.findings[0].plots = [try plot(results, batch, question, subject)]
      evidence.findings[0].pictures = try ExplanationPictures.strips(
        of: batch, in: subject.data, results, count: 4)
    }
    return evidence
  }

  /// The first examples, fewer than are attacked, since each is asked about hundreds of times.
  static func batch(of subject: Subject) -> Batch {
    subject.data.batch(
      Array(0..<min(subject.settings.probedCount, subject.attackedCount, subject.data.count)))
  }

  private static func metrics(
    for shape: [Int], of method: any Attribution
  ) -> [any ExplanationMetric] {
    let groups = MuFidelity.groups(suiting: shape)
    var metrics: [any ExplanationMetric] = [
      DeletionInsertion(.deletion), DeletionInsertion(.insertion),
      DeletionInsertion(.deletion, scale: .probabilities),
      DeletionInsertion(.insertion, scale: .probabilities), MuFidelity(groups: groups),
    ]
    // Twenty maps an example; SmoothGrad's would cost twenty times that.
    if method is Saliency { metrics.append(Stability()) }
    return metrics
  }

  private func finding(
    _ metric: MetricDescription, _ method: String, _ values: [Double], _ subject: Subject
  ) throws -> Finding {
    let part = metric.name.replacing("-", with: "_")
    let id = "explanation.\(part).\(method)"
    let mean = try FiniteMean(
      of: values, resamples: subject.settings.resamples, seed: subject.context.seed, purpose: id)
    return try Finding(
      id: id, title: "\(metric.name), \(method)", value: mean.mean, interval: mean.interval,
      unit: "", better: metric.isHigherBetter == true ? .higher : .lower,
      detail: """
        \(metric.summary) Mean over \(mean.count) of \(values.count) examples, of the predicted class, \
        against a baseline of 0; \(metric.source).
        """)
  }

  private func distances(
    _ results: [AttributionResult], _ subject: Subject
  ) throws -> [Finding] {
    let (first, second) = (results[0], results[1])
    let shape = subject.data.inputShape
    return try ExplanationDistance.allCases.map { distance in
      let values = distance(first.importances(for: shape), second.importances(for: shape))
      let id = "explanation.distance.\(first.method).\(second.method).\(distance.rawValue)"
      let mean = try FiniteMean(
        of: values, resamples: subject.settings.resamples, seed: subject.context.seed, purpose: id)
      let how =
        distance == .euclidean
        ? "Euclidean distance of maps of length 1" : "1 less Spearman's correlation over places"
      return try Finding(
        id: id, title: "\(first.method) to \(second.method), \(distance.rawValue)",
        value: mean.mean, interval: mean.interval, unit: "", better: .lower,
        detail: "\(how), signs kept; mean over \(mean.count) of \(values.count) examples.")
    }
  }

  private func plot(
    _ results: [AttributionResult], _ batch: Batch, _ question: Question, _ subject: Subject
  ) throws -> Plot {
    var series: [Plot.Series] = []
    for result in results {
      for direction in DeletionInsertion.Direction.allCases {
        let curves = try DeletionInsertion(direction).curves(
          result, batch, question, context: subject.context)
        series.append(
          FidelityPlot.series("\(direction.rawValue), \(result.method)", curves, .probabilities))
      }
    }
    return FidelityPlot.plot(series, scale: .probabilities)
  }
}
