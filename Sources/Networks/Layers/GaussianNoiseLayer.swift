import Torch

/// Adds normal noise to every element while training; nothing otherwise.
///
/// The numbers come from the pass, as dropout's masks do: passes with the same seed see the same noise.
public final class GaussianNoiseLayer: Layer {
  private let standardDeviation: Double

  /// A layer that adds noise of a standard deviation, at least 0.
  public init(_ standardDeviation: Double) {
    precondition(standardDeviation >= 0, "a standard deviation of \(standardDeviation)")
    self.standardDeviation = standardDeviation
  }

  /// Adds noise, in a training pass.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    guard pass.isTraining, standardDeviation > 0 else { return input }
    let noise = pass.nextDraw(like: input, setting: standardDeviation) {
      Tensor.normal($0.shape, dtype: $0.dtype, using: $1).to($0.device)
    }
    return noise.map { input + $0 * standardDeviation } ?? input
  }

  /// Nothing, once exported.
  public var scriptSource: String { "return x" }
}
