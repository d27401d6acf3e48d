import Torch

/// Sets units to zero with a probability while training, and scales the others up so that the
/// expectation stays (Srivastava et al., JMLR 2014).
public final class Dropout: Layer {
  private let probability: Double

  /// A layer that drops units with a probability in [0, 1).
  public init(_ probability: Double = 0.5) {
    precondition(0..<1 ~= probability, "a dropout probability of \(probability)")
    self.probability = probability
  }

  /// Drops units, in a training pass.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    guard pass.isTraining, probability > 0 else { return input }
    let kept = 1 - probability
    let mask = pass.nextDraw(like: input, setting: kept) {
      Tensor.bernoulli(like: $0, probability: kept, using: $1)
    }
    return mask.map { input * $0 / kept } ?? input
  }

  /// Nothing, once exported.
  public var scriptSource: String { "return x" }
}
