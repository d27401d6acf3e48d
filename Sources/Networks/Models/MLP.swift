import Torch

/// A fully connected network with rectified units, and batch normalisation on every layer, logits
/// included, where asked (Miyato et al., "Virtual adversarial training", 2018).
public final class MLP: Layer {
  private let layers: Sequential

  /// A network with random weights.
  ///
  /// - Parameter widths: the sizes of input, hidden layers and output.
  public init(
    widths: [Int], hasBatchNorm: Bool = false, initialiser: Initialiser = .torchDefault,
    using generator: Generator
  ) {
    precondition(widths.count >= 2, "an MLP needs an input and an output")
    layers = Sequential {
      for index in 1..<widths.count {
        Linear(widths[index - 1], widths[index], initialiser: initialiser, using: generator)
        if hasBatchNorm { BatchNorm(widths[index]) }
        if index < widths.count - 1 { Activation.relu() }
      }
    }
  }

  /// Logits `[N, K]` of examples of any rank.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    layers(input.flattened(from: 1), pass)
  }

  /// The network in TorchScript.
  public var scriptSource: String { "return self.layers.forward(torch.flatten(x, 1))" }
}
