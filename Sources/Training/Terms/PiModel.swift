import Networks
import Torch

/// The distance of two predictions of the same examples, each with its own dropout, noise and random
/// change of the image (Laine and Aila, "Temporal ensembling", ICLR 2017, section 2.1).
public struct PiModel: Term {
  /// The distance of predictions.
  public var distance = ConsistencyDistance.squaredError
  /// The standard deviation of normal noise on the inputs of both passes.
  public var noise = 0.0
  /// Whether the second prediction is a fixed target; in the paper it is not.
  public var detachesTarget = false

  /// The term as in the paper, without noise.
  public init() {}

  /// It is.
  public var isMeanOverParts: Bool { true }
  /// A distance is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// What the distance is between.
  public var outputs: OutputKind? { distance.outputs }
  /// The distance for the other kind.
  public var alternative: String { distance.alternative }

  /// The mean over the examples.
  public func value(in step: StepContext) throws -> Tensor {
    let first = step.noisyLogits(step.view, noise: noise, purpose: "pi.first")
    let second = step.noisyLogits(
      try step.changedView("pi.second"), noise: noise, purpose: "pi.second")
    let target = distance.probabilities(of: second)
    return distance(from: detachesTarget ? target.detached() : target, to: first).mean()
  }
}

extension PiModel: RegisteredTerm {
  static let name = "pi-model"
  static let options = ["distance", "noise", "detachesTarget"]

  init(_ options: TermOptions) throws(TrainingError) {
    distance = try options.choice("distance", default: .squaredError)
    noise = try options.notNegative("noise", default: 0)
    detachesTarget = try options.flag("detachesTarget", default: false)
  }
}

extension StepContext {
  /// The logits of examples with normal noise on their features, with dropout masks and noise of one
  /// purpose.
  func noisyLogits(_ view: ExampleView, noise: Double, purpose: String) -> Tensor {
    var features = view.features
    if noise > 0 {
      var streams = streams("\(purpose).noise", examples: view.indices)
      let draw = Tensor.normal(
        Array(features.shape.dropFirst()), dtype: features.dtype, perExample: &streams)
      let moved = draw.to(features.device) * noise
      features = features + (view.mask.map { moved * $0 } ?? moved)
    }
    return view.logits(at: features, pass(updatesStatistics: false, purpose: purpose))
  }
}
