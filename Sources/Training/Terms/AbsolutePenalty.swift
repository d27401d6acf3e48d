import Networks
import Torch

/// The sum of the sizes of all weights (L1).
public struct AbsolutePenalty: Term {
  /// The term.
  public init() {}
  /// A size is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// It looks at weights alone.
  public var outputs: OutputKind? { nil }
  /// It looks at weights alone.
  public var needsLayer: Bool { false }
  /// The sum over all weights, biases included.
  public func value(in step: StepContext) -> Tensor {
    let sums = step.module.parameters.map { $0.value.abs().sum() }
    guard let first = sums.first else { return .zeros([]) }
    return sums.dropFirst().reduce(first) { $0 + $1 }
  }
}

extension AbsolutePenalty: RegisteredTerm {
  static let name = "absolute-penalty"
  init(_ options: TermOptions) throws(TrainingError) { self.init() }
}
