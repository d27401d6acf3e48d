import Torch

/// Declares the normalisation of inputs inside the model, `(x - mean) / std` channel by channel, so
/// that radii stay in the data's own units: `[N, C, …]`.
public final class Normalise: Layer {
  /// The mean of every channel.
  @Buffer public var mean: Tensor
  /// The standard deviation of every channel.
  @Buffer public var std: Tensor
  private let rank: Int

  /// A layer for inputs of some rank, batch dimension included.
  public init(mean: [Float], standardDeviation: [Float], rank: Int = 4) {
    let shape = [1, mean.count] + Array(repeating: 1, count: rank - 2)
    _mean = Buffer(wrappedValue: Tensor(mean, shape: shape))
    _std = Buffer(wrappedValue: Tensor(standardDeviation, shape: shape))
    self.rank = rank
  }

  /// Normalises.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { (input - mean) / std }

  /// The layer in TorchScript.
  public var scriptSource: String { "return (x - self.mean) / self.std" }
}
