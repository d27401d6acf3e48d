import Torch

/// A small network of 3x3 convolutions in the style of VGG, with batch normalisation, for square
/// images whose side divides by 8 (Simonyan and Zisserman, ICLR 2015).
public final class SmallVGG: Chain {
  private let features: Sequential
  private let classifier: Linear

  /// A network with random weights.
  public init(
    channels: Int = 3, classCount: Int = 10, width: Int = 32, using generator: Generator
  ) {
    features = Sequential {
      for (stage, depth) in [width, 2 * width, 4 * width].enumerated() {
        Conv2D(
          stage == 0 ? channels : depth / 2, depth, kernel: 3, padding: 1, hasBias: false,
          initialiser: .kaimingNormal, using: generator)
        BatchNorm(depth)
        Activation.relu()
        Conv2D(
          depth, depth, kernel: 3, padding: 1, hasBias: false, initialiser: .kaimingNormal,
          using: generator)
        BatchNorm(depth)
        Activation.relu()
        MaxPool2D(2)
      }
      GlobalAveragePool()
    }
    classifier = Linear(4 * width, classCount, using: generator)
  }

  /// Logits `[N, K]` of images `[N, C, S, S]`.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    classifier(features(input, pass), pass)
  }

  /// The network as a chain.
  public var stages: [any Layer] { [features, classifier] }

  /// The network in TorchScript.
  public var scriptSource: String { "return self.classifier.forward(self.features.forward(x))" }
}
