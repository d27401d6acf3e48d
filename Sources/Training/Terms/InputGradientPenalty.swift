import Networks
import Torch

/// The length of the gradient of the cross-entropy in each input (Drucker and LeCun, "Double
/// backpropagation", 1991): what training on fast gradient examples adds to first order.
///
/// The length itself, not its square, is what a perturbation of Euclidean length ε adds, times ε; the
/// square is what a step of ε times the gradient adds. They are different regularisers.
public struct InputGradientPenalty: Term {
  /// Whether the length is squared.
  public var isSquared = true

  /// The squared length.
  public init() {}

  /// It is.
  public var isMeanOverExamples: Bool { true }
  /// A length is never negative.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the labelled examples.
  public func value(in step: StepContext) throws -> Tensor {
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let variable = view.features.variable()
    // Summed, so that every example's gradient is its own.
    let loss = view.logits(at: variable, step.pass(updatesStatistics: false))
      .crossEntropy(step.batch.labels, reduction: .sum)
    var gradient = gradient(of: loss, withRespectTo: variable, createGraph: true)
    if let mask = view.mask { gradient = gradient * mask }
    let squares = gradient.flattened(from: 1).squared().sum(along: 1)
    // A square root has no slope at zero.
    return (isSquared ? squares : (squares + 1e-12).sqrt()).mean()
  }
}

extension InputGradientPenalty: RegisteredTerm {
  static let name = "input-gradient-penalty"
  static let options = ["squared"]

  init(_ options: TermOptions) throws(TrainingError) {
    isSquared = try options.flag("squared", default: true)
  }
}
