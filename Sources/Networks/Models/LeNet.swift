import Torch

/// LeNet-5 for 28x28 images with rectified units and max pooling (LeCun et al., 1998).
public final class LeNet: FeatureNetwork {
  /// Convolutions.
  public let features: Sequential
  /// Linear layers.
  public let classifier: Sequential

  /// A network with random weights.
  ///
  /// - Parameters:
  ///   - channels: 1 for grey images.
  ///   - width: how many times as many channels and units as in the article.
  public init(channels: Int = 1, classCount: Int = 10, width: Int = 1, using generator: Generator) {
    features = Sequential {
      Conv2D(channels, 6 * width, kernel: 5, padding: 2, using: generator)
      Activation.relu()
      MaxPool2D(2)
      Conv2D(6 * width, 16 * width, kernel: 5, using: generator)
      Activation.relu()
      MaxPool2D(2)
    }
    classifier = .rectified(400 * width, 120 * width, 84 * width, classCount, using: generator)
  }
}
