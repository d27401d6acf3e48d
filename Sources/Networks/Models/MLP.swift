import Torch

/// A fully connected network with rectified units, and batch normalisation on every layer, logits
/// included, where asked (Miyato et al., "Virtual adversarial training", 2018).
public final class MLP: Chain {
  private let layers: Sequential

  /// A network with random weights.
  ///
  /// - Parameters:
  ///   - widths: the sizes of input, hidden layers and output.
  ///   - hasBatchNorm: whether every layer but perhaps the last is normalised.
  ///   - normalisesLogits: whether the last is, too.
  ///   - dropout: the probability with which hidden units are dropped, in [0, 1).
  ///   - inputDropout: the probability with which features of the input are dropped, in [0, 1).
  ///   - noise: the standard deviation of normal noise on hidden units while training.
  public init(
    widths: [Int], hasBatchNorm: Bool = false, normalisesLogits: Bool = true, dropout: Double = 0,
    inputDropout: Double = 0, noise: Double = 0, initialiser: Initialiser = .torchDefault,
    using generator: Generator
  ) {
    precondition(widths.count >= 2, "an MLP needs an input and an output")
    layers = Sequential {
      if inputDropout > 0 { Dropout(inputDropout) }
      for index in 1..<widths.count {
        Linear(widths[index - 1], widths[index], initialiser: initialiser, using: generator)
        let isLast = index == widths.count - 1
        if hasBatchNorm && (!isLast || normalisesLogits) { BatchNorm(widths[index]) }
        if !isLast {
          if noise > 0 { GaussianNoiseLayer(noise) }
          Activation.relu()
          if dropout > 0 { Dropout(dropout) }
        }
      }
    }
  }

  /// Logits `[N, K]` of examples of any rank.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    layers(input.flattened(from: 1), pass)
  }

  /// The network as a chain.
  public var stages: [any Layer] { [Flatten(), layers] }

  /// The network in TorchScript.
  public var scriptSource: String { "return self.layers.forward(torch.flatten(x, 1))" }
}
