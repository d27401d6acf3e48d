import Datasets
import Explanations
import Networks
import Perturbations
import Torch

/// How far the maps of two methods are apart, for the answers of a finished network: on a network whose
/// gradient is the explanation, smoothing it changes nothing (Serrurier et al., NeurIPS 2023).
public struct ExplanationGap: Measure {
  private let explained: ExplainedExamples
  private let distance: ExplanationDistance

  /// A measure.
  ///
  /// - Parameters:
  ///   - methods: the two that explain; signs count in both.
  ///   - distance: how far two maps are apart.
  ///   - focus: which class's logit is explained.
  ///   - layer: what methods that look at a layer look at; the last convolution when `nil`.
  public init(
    between methods: (any Attribution, any Attribution), distance: ExplanationDistance,
    focus: Focus = .predicted, layer: String? = nil
  ) {
    explained = ExplainedExamples(
      methods: [methods.0, methods.1], focus: focus, layer: layer)
    self.distance = distance
  }

  /// The id that audits use, such as `explanation.distance.saliency.smoothgrad.l2`.
  public var name: String {
    let names = explained.methods.map(\.name).joined(separator: ".")
    return "explanation.distance.\(names).\(distance.rawValue)"
  }
  /// None.
  public var radii: [Double] { [] }
  /// The methods and the distance.
  public var title: String {
    let names = explained.methods.map(\.name).joined(separator: " to ")
    return "distance, \(names), \(distance.rawValue)"
  }
  /// A bare number.
  public var unit: String { "" }
  /// Methods that agree are good.
  public var isLowerBetter: Bool { true }
  /// How it is measured.
  public var method: String {
    let how =
      distance == .euclidean
      ? "Euclidean distance of maps of length 1" : "1 less Spearman's correlation over places"
    return "\(how), signs as the methods give them. \(explained.text)."
  }

  /// The distance for every example.
  ///
  /// - Throws: `ExplanationError` for inputs that a method is not for, or what libtorch reports.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    let (question, batch) = try explained.question(about: model, on: data)
    let maps = try explained.methods.map { method in
      try method.attribute(batch, question, context: context).importances(for: data.inputShape)
    }
    guard maps[0].shape == maps[1].shape else {
      throw ExplanationError.shape(
        name: "map of \(explained.methods[1].name)", shape: maps[1].shape,
        expected: "\(maps[0].shape), as that of \(explained.methods[0].name)")
    }
    return distance(maps[0], maps[1])
  }
}

extension ExplanationGap {
  /// The names of the options in recipes.
  static let optionNames = ["method", "to", "distance"] + ExplainedExamples.optionNames

  /// The measure with options of a recipe.
  init(_ options: TermOptions) throws(TrainingError) {
    distance = try options.choice("distance", default: ExplanationDistance.euclidean)
    explained = try ExplainedExamples(
      [
        try ExplainedExamples.method("method", options, default: "saliency"),
        try ExplainedExamples.method("to", options, default: "smoothgrad"),
      ], options)
    guard explained.methods[0].name != explained.methods[1].name else {
      throw options.wrong("to", "another method than \(explained.methods[0].name)")
    }
  }
}
