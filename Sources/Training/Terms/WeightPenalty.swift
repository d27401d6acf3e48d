import Networks
import Torch

/// Half the squared length of all weights.
public struct WeightPenalty: Term {
  /// The term.
  public init() {}

  /// `weight-penalty`.
  public var name: String { "weight-penalty" }
  /// It is the same for every part.
  public var isMeanOverParts: Bool { true }
  /// It is a sum of squares.
  public var isBoundedBelowByZero: Bool { true }
  /// It looks at weights alone.
  public var outputs: OutputKind? { nil }
  /// It looks at weights alone.
  public var needsLayer: Bool { false }

  /// The sum over all parameters.
  public func value(in step: StepContext) -> Tensor {
    step.module.parameters.reduce(Tensor.zeros([])) { $0 + $1.value.squared().sum() } * 0.5
  }
}
