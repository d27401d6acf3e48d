import Networks
import Torch

/// The cross-entropy of the labelled examples, with label smoothing where it is asked for:
/// `(1 - α) (-log p_y) + α mean_j (-log p_j)`.
///
/// A positive α spreads a share of probability over all classes. A negative one (Struppek et al., "Be careful
/// what you smooth for", ICLR 2024) rewards a network for being sure that other classes are wrong, which takes
/// from what gradients tell an attacker who inverts it; positive smoothing gives him more. With a negative α the
/// value has no lower bound: the more a network is sure, the lower it is.
public struct CrossEntropy: Term {
  /// The amount of smoothing over the run.
  public let smoothing: SmoothingRamp

  /// The term.
  ///
  /// - Parameter labelSmoothing: α, above -1 and below 1; 0 for none.
  public init(labelSmoothing: Double = 0) { smoothing = SmoothingRamp(to: labelSmoothing) }

  /// The term with an amount that changes over the run.
  public init(smoothing: SmoothingRamp) { self.smoothing = smoothing }

  /// `cross-entropy`.
  public var name: String { "cross-entropy" }
  /// It is.
  public var isMeanOverExamples: Bool { true }
  /// It is a negative log-probability, unless labels are smoothed by less than nothing.
  public var isBoundedBelowByZero: Bool { smoothing.end >= 0 }
  /// The same for labels.
  public var alternative: String {
    "use bernoulli-cross-entropy in its place, or write class numbers [N] where each example has one"
  }

  /// The mean over the batch.
  public func value(in step: StepContext) -> Tensor {
    let amount = smoothing.value(at: step.step, of: step.totalSteps)
    // libtorch's own smoothing refuses negative amounts.
    guard amount < 0 else {
      return step.logits.crossEntropy(step.batch.labels, labelSmoothing: amount)
    }
    let logits = step.logits
    let spread = -logits.logSoftmax(along: 1).mean()
    return logits.crossEntropy(step.batch.labels) * (1 - amount) + spread * amount
  }
}

extension CrossEntropy: RegisteredTerm {
  static let name = "cross-entropy"
  static let options = ["labelSmoothing", "smoothingStart", "smoothingFull"]

  init(_ options: TermOptions) throws(TrainingError) {
    let start = try options.number("smoothingStart", default: 0, in: 0...1, "from 0 to 1")
    let full = try options.number(
      "smoothingFull", default: start, in: start...1, "from smoothingStart, \(start), to 1")
    smoothing = SmoothingRamp(
      to: try options.number(
        "labelSmoothing", default: 0, in: (-1.0).nextUp...1.0.nextDown, "above -1 and below 1"),
      from: start, until: full)
  }
}
