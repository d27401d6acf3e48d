import Datasets
import Explanations
import Networks
import Perturbations
import Torch

/// What the explanations that a method gives of a finished network's answers are worth, by one metric
/// (`ExplanationMetrics`).
///
/// A sweep compares networks by it, seed by seed. Areas under curves of logits are in the unit of the
/// network's own logits, so that they compare methods on one network and not networks with one another.
public struct ExplanationQuality: Measure {
  private let explained: ExplainedExamples
  private let metric: any ExplanationMetric
  private let reach: Double?

  /// A measure.
  ///
  /// - Parameters:
  ///   - method: what explains.
  ///   - metric: what its maps are measured by.
  ///   - focus: which class's logit is explained.
  ///   - layer: what methods that look at a layer look at; the last convolution when `nil`.
  public init(
    method: any Attribution, metric: any ExplanationMetric, focus: Focus = .predicted,
    layer: String? = nil
  ) {
    self.init(
      ExplainedExamples(methods: [method], focus: focus, layer: layer), metric, reach: nil)
  }

  init(_ explained: ExplainedExamples, _ metric: any ExplanationMetric, reach: Double?) {
    (self.explained, self.metric, self.reach) = (explained, metric, reach)
  }

  /// The id that audits use, such as `explanation.mu_fidelity.saliency`.
  public var name: String {
    "explanation.\(metric.about.name.replacing("-", with: "_")).\(explained.methods[0].name)"
  }
  /// The reach of noise, where a recipe gives one.
  public var radii: [Double] { reach.map { [$0] } ?? [] }
  /// Metric and method.
  public var title: String { "\(metric.about.name), \(explained.methods[0].name)" }
  /// A bare number.
  public var unit: String { "" }
  /// As the metric says.
  public var isLowerBetter: Bool { metric.about.isHigherBetter != true }
  /// How it is measured.
  public var method: String {
    "\(metric.about.summary) \(explained.text); \(metric.about.source)."
  }

  /// The metric's number for every example.
  ///
  /// Constrained networks are explained in their frozen form: weights are worked out once.
  ///
  /// - Throws: `ExplanationError` for inputs that the method or the metric is not for, or what libtorch
  ///   reports.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    let (question, batch) = try explained.question(about: model, on: data)
    let method = explained.methods[0]
    let result = try method.attribute(batch, question, context: context)
    var metric = metric
    if var fidelity = metric as? MuFidelity {
      fidelity.groups = MuFidelity.groups(suiting: data.inputShape)
      metric = fidelity
    }
    return try metric.measure(result, of: method, batch, question, context: context)
  }
}

extension ExplanationQuality {
  /// The names of the options in recipes.
  static let optionNames =
    ["method", "metric", "samples", "steps", "radius"] + ExplainedExamples.optionNames

  /// The measure with options of a recipe.
  init(_ options: TermOptions) throws(TrainingError) {
    let method = try ExplainedExamples.method("method", options, default: "saliency")
    let wanted = try options.text("metric", default: "deletion")
    guard let metric = try? ExplanationMetrics.named(wanted) else {
      throw options.wrong(
        "metric",
        "one of \(ExplanationMetrics.all.map(\.about.name).joined(separator: ", "))")
    }
    let (changed, reach) = try Self.changed(metric, options)
    self.init(try ExplainedExamples([method], options), changed, reach: reach)
  }

  /// A metric with the options that it has.
  private static func changed(
    _ metric: any ExplanationMetric, _ options: TermOptions
  ) throws(TrainingError) -> (any ExplanationMetric, reach: Double?) {
    var has: Set<String> = []
    var result = metric
    let radius = try options.positive("radius")
    switch metric {
    case var curve as DeletionInsertion:
      curve.steps = try options.count("steps", default: curve.steps)
      (result, has) = (curve, ["steps"])
    case var fidelity as MuFidelity:
      fidelity.samples = try options.count("samples", default: fidelity.samples, from: 2)
      (result, has) = (fidelity, ["samples"])
    case var stability as Stability:
      stability.samples = try options.count("samples", default: stability.samples)
      stability.reach = radius ?? stability.reach
      (result, has) = (stability, ["samples", "radius"])
    case var sensitivity as Sensitivity:
      sensitivity.samples = try options.count("samples", default: sensitivity.samples)
      sensitivity.reach = radius ?? sensitivity.reach
      (result, has) = (sensitivity, ["samples", "radius"])
    case var infidelity as Infidelity:
      infidelity.samples = try options.count("samples", default: infidelity.samples)
      (result, has) = (infidelity, ["samples"])
    default: break
    }
    for name in ["samples", "steps", "radius"]
    where options.values[name] != nil && !has.contains(name) {
      throw options.wrong(name, "left out, since \(metric.about.name) has no such setting")
    }
    return (result, radius)
  }
}
