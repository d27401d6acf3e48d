import Networks
import Torch

/// The cross-entropy with what the network itself says, where it is sure (Lee, ICML workshop 2013);
/// on a strongly changed copy of the example it is FixMatch (Sohn et al., NeurIPS 2020).
///
/// The strong change is a random change of the image once more, normal noise, and a square cut out:
/// what there is for pictures of any kind. It is not the paper's RandAugment.
public struct PseudoLabels: Term {
  /// The name in logs and recipes.
  public let name: String
  /// The least probability of the class that is taken for true.
  public var threshold = 0.95
  /// The standard deviation of normal noise on the changed copy.
  public var noise = 0.0
  /// The side of the square that is cut out of the changed copy, in pixels.
  public var cutout = 0

  /// The terms that there are.
  public static let names = ["pseudo-labels", "fixmatch"]

  /// The term; `fixmatch` looks at a changed copy.
  public init(isFixMatch: Bool) { name = Self.names[isFixMatch ? 1 : 0] }

  /// It is.
  public var isMeanOverParts: Bool { true }
  /// A cross-entropy is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// The share of examples of which the network is sure.
  public var measures: [String] { ["share"] }

  /// The sum over the examples of which the network is sure, divided by the number of all.
  public func value(in step: StepContext) throws -> Tensor {
    let clean = step.viewLogits
    let (confidence, classes) = clean.detached().softmax(along: 1).maxWithIndices(along: 1)
    let isSure = confidence.greaterOrEqual(to: threshold).to(clean.dtype)
    step.measure("share", isSure.mean().item)
    let logits = name == "fixmatch" ? try strong(step) : clean
    return (logits.crossEntropy(classes, reduction: .none) * isSure).mean()
  }

  private func strong(_ step: StepContext) throws -> Tensor {
    var view = try step.changedView(name)
    if cutout > 0 {
      view = view.replacing(
        features: Cutout(side: cutout).apply(
          to: view.features, streams: step.streams("\(name).cutout", examples: view.indices)))
    }
    return step.noisyLogits(view, noise: noise, purpose: name)
  }
}

extension PseudoLabels {
  static let options = ["threshold", "noise", "cutout"]

  init(_ options: TermOptions) throws(TrainingError) {
    name = options.term
    threshold = try options.number("threshold", default: 0.95, in: 0...1, "from 0 to 1")
    noise = try options.notNegative("noise", default: 0)
    cutout = try options.count("cutout", default: 0, from: 0)
  }
}
