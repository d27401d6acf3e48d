import Datasets
import Foundation
import Networks
import Torch

/// What ArcFace and CosFace have in common: one direction a class, a scale, and a margin that may grow.
///
/// The directions are the term's own parameters: the network gives embeddings, and is exported without
/// them.
struct MarginHead {
  let scale: Double
  let ramp: MarginRamp
  private(set) var classifier: CosineClassifier?

  /// Settings.
  ///
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  init(
    _ term: String, scale: Double, ramp: MarginRamp, margins: ClosedRange<Double>, unit: String
  ) throws(TrainingError) {
    guard scale > 0, scale.isFinite else {
      throw .setting(name: "\(term).scale", value: "\(scale)", allowed: "positive and finite")
    }
    for (name, value) in [("startMargin", ramp.start), ("margin", ramp.end)] {
      guard margins.contains(value) else {
        throw .setting(
          name: "\(term).\(name)", value: "\(value)",
          allowed: "from \(margins.lowerBound) to \(margins.upperBound) \(unit)")
      }
    }
    guard 0...1 ~= ramp.share else {
      throw .setting(name: "\(term).ramp", value: "\(ramp.share)", allowed: "from 0 to 1")
    }
    self.scale = scale
    self.ramp = ramp
  }

  static let options = ["scale", "margin", "startMargin", "ramp"]

  /// Settings from a recipe.
  init(
    _ options: TermOptions, scale: Double, margin: Double, margins: ClosedRange<Double>,
    unit: String
  ) throws(TrainingError) {
    let end = try options.number("margin", default: margin, in: margins, "a margin in \(unit)")
    let ramp = MarginRamp(
      from: try options.number("startMargin", default: end, in: margins, "a margin in \(unit)"),
      to: end, over: try options.number("ramp", default: 0, in: 0...1, "a share of the run"))
    try self.init(
      options.term, scale: try options.positive("scale") ?? scale, ramp: ramp, margins: margins,
      unit: unit)
  }

  /// Draws a direction for every class.
  mutating func prepare(_ term: String, for data: Dataset, _ model: any Module, _ context: Context)
  {
    guard let encoder = model as? any Encoder else { return }
    classifier = CosineClassifier(
      encoder.embeddingSize, data.classNames.count,
      using: Generator(seed: context.seed, purpose: "\(term).directions"))
  }

  /// The mean loss of a step.
  ///
  /// - Throws: ``TrainingError/unprepared(_:)`` before ``prepare(_:for:_:_:)``.
  func value(
    _ term: String, in step: StepContext, _ margin: (Double) -> AngularMargin
  ) throws -> Tensor {
    guard let classifier else { throw TrainingError.unprepared(term) }
    let value = ramp.value(at: step.step, of: step.totalSteps)
    let labels = step.batch.labels
    let cosines = classifier(step.logits)
    let own = cosines.detached().gathering(labels.unsqueezed(1), along: 1)
    step.measure("margin", value)
    step.measure("angle", own.clamped(to: -1...1).acos().mean().item)
    return margin(value).losses(cosines, labels, scale: scale).mean()
  }
}
