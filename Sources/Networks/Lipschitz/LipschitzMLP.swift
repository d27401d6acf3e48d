import Torch

/// A fully connected 1-Lipschitz network of spectrally normalised layers and sorting units.
///
/// Anil, Lucas and Grosse, "Sorting out Lipschitz function approximation", ICML 2019; Serrurier et al.,
/// CVPR 2021. Its unconstrained twin has the same units and plain weights.
public final class LipschitzMLP: Chain {
  private let layers: Sequential

  /// A network with random orthogonal weights.
  ///
  /// - Parameters:
  ///   - widths: the sizes of input, hidden layers and output; one output for two classes, whose sign
  ///     decides.
  ///   - groupSize: how many units are sorted together; all where `nil`.
  ///   - head: what is bounded about the outputs.
  ///   - isConstrained: false for the unconstrained twin.
  public init(
    widths: [Int], groupSize: Int? = nil, head: LipschitzHead = .perClass,
    isConstrained: Bool = true, using generator: Generator
  ) {
    precondition(widths.count >= 2, "an MLP needs an input and an output")
    let last = widths.count - 1
    layers = Sequential {
      for index in 1..<last {
        Self.linear(widths[index - 1], widths[index], isConstrained, generator)
        if let groupSize { GroupSort(groupSize) } else { FullSort() }
      }
      if isConstrained {
        head.layer(widths[last - 1], widths[last], using: generator)
      } else {
        Linear(widths[last - 1], widths[last], using: generator)
      }
    }
  }

  private static func linear(
    _ inputs: Int, _ outputs: Int, _ isConstrained: Bool, _ generator: Generator
  ) -> any Layer {
    isConstrained
      ? SpectralLinear(inputs, outputs, using: generator)
      : Linear(inputs, outputs, using: generator)
  }

  /// Outputs `[N, K]` of examples of any rank.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    layers(input.flattened(from: 1), pass)
  }

  /// The network as a chain.
  public var stages: [any Layer] { [Flatten(), layers] }

  /// The network in TorchScript.
  public var scriptSource: String { "return self.layers.forward(torch.flatten(x, 1))" }
}
