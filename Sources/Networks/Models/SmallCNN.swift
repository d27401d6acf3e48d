import Torch

/// Two convolutions and two linear layers, for square images whose side divides by 4: the reference
/// model of `touchstone audit`.
public final class SmallCNN: Chain {
  private let features: Sequential
  private let classifier: Sequential

  /// A network with random weights.
  public init(
    channels: Int = 1, side: Int = 28, classCount: Int = 10, width: Int = 16, hidden: Int = 128,
    using generator: Generator
  ) {
    features = Sequential {
      Conv2D(channels, width, kernel: 3, padding: 1, using: generator)
      Activation.relu()
      MaxPool2D(2)
      Conv2D(width, 2 * width, kernel: 3, padding: 1, using: generator)
      Activation.relu()
      MaxPool2D(2)
    }
    classifier = Sequential {
      Linear(2 * width * (side / 4) * (side / 4), hidden, using: generator)
      Activation.relu()
      Linear(hidden, classCount, using: generator)
    }
  }

  /// Logits `[N, K]` of images `[N, C, S, S]`.
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
