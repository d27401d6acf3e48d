import Torch

/// Two 1-Lipschitz convolutions with L2 pooling and two 1-Lipschitz linear layers, for square images whose
/// side divides by 4: the network of deel-torchlip's tutorials on Fashion-MNIST.
///
/// Serrurier et al., "Achieving robustness in classification using optimal transport with hinge
/// regularization", CVPR 2021. Its unconstrained twin has the same units and plain weights.
public final class LipschitzCNN: Chain {
  private let features: Sequential
  private let classifier: Sequential

  /// A network with random orthogonal weights.
  ///
  /// - Parameters:
  ///   - width: the channels of the first convolution; the second has twice as many.
  ///   - hidden: the units of the hidden linear layer.
  ///   - outputs: the number of outputs; one for two classes, whose sign decides.
  ///   - groupSize: how many channels are sorted together, a divisor of `width` and `hidden`.
  ///   - head: what is bounded about the outputs.
  ///   - isConstrained: false for the unconstrained twin.
  public init(
    channels: Int = 1, side: Int = 28, outputs: Int = 10, width: Int = 16, hidden: Int = 64,
    groupSize: Int = 2, head: LipschitzHead = .perClass, isConstrained: Bool = true,
    using generator: Generator
  ) {
    func convolution(_ inputs: Int, _ outputs: Int) -> any Layer {
      isConstrained
        ? SpectralConv2D(inputs, outputs, kernel: 3, padding: 1, using: generator)
        : Conv2D(inputs, outputs, kernel: 3, padding: 1, using: generator)
    }
    features = Sequential {
      convolution(channels, width)
      GroupSort(groupSize)
      ScaledL2NormPool2D(2)
      convolution(width, 2 * width)
      GroupSort(groupSize)
      ScaledL2NormPool2D(2)
    }
    let flat = 2 * width * (side / 4) * (side / 4)
    classifier = Sequential {
      if isConstrained {
        SpectralLinear(flat, hidden, using: generator)
        GroupSort(groupSize)
        head.layer(hidden, outputs, using: generator)
      } else {
        Linear(flat, hidden, using: generator)
        GroupSort(groupSize)
        Linear(hidden, outputs, using: generator)
      }
    }
  }

  /// Outputs `[N, K]` of images `[N, C, S, S]`.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    classifier(features(input, pass).flattened(from: 1), pass)
  }

  /// The network as a chain.
  public var stages: [any Layer] { [features, Flatten(), classifier] }

  /// The network in TorchScript.
  public var scriptSource: String {
    "return self.classifier.forward(torch.flatten(self.features.forward(x), 1))"
  }
}
