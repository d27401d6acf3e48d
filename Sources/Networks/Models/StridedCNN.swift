import Torch

/// Two strided convolutions and two linear layers, 166 406 weights for 28x28 grey images: the MNIST network
/// of Wong, Rice and Kolter, "Fast is better than free: revisiting adversarial training", ICLR 2020.
public final class StridedCNN: FeatureNetwork {
  /// Convolutions.
  public let features: Sequential
  /// Linear layers.
  public let classifier: Sequential

  /// A network with random weights, for square images whose side divides by 4.
  ///
  /// - Parameters:
  ///   - width: the channels of the first convolution; the second has twice as many.
  ///   - hidden: the units of the first linear layer.
  public init(
    channels: Int = 1, side: Int = 28, classCount: Int = 10, width: Int = 16, hidden: Int = 100,
    using generator: Generator
  ) {
    features = Sequential {
      Conv2D(channels, width, kernel: 4, stride: 2, padding: 1, using: generator)
      Activation.relu()
      Conv2D(width, 2 * width, kernel: 4, stride: 2, padding: 1, using: generator)
      Activation.relu()
    }
    classifier = .rectified(
      2 * width * (side / 4) * (side / 4), hidden, classCount, using: generator)
  }
}
