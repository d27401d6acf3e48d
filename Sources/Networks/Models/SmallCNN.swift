import Torch

/// Two convolutions and two linear layers, for square images whose side divides by 4: the reference
/// model of `touchstone audit`.
public final class SmallCNN: FeatureNetwork {
  /// Convolutions.
  public let features: Sequential
  /// Linear layers.
  public let classifier: Sequential

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
    classifier = .rectified(
      2 * width * (side / 4) * (side / 4), hidden, classCount, using: generator)
  }
}
