import Torch

/// The LeNet of Caffe and MatConvNet for 28x28 images: convolutions of 20 and 50 channels with max pooling
/// and **no** rectified units behind them, then 500 rectified units.
///
/// Biases start at zero and weights normal with standard deviation 0.01 (MatConvNet, examples/mnist), for
/// inputs in 0...255 less their mean: `scale` 255 and the data's mean make inputs in 0...1 such.
///
/// It is the network of Tanay and Griffin's second experiment, which subtracts a mean image in place of a
/// number. The root mean squares that they report of the weights under low decay behind the first layer are
/// 0.04, 0.02 and 0.5, those of MatConvNet's `xavierimproved`, and not within reach of 0.01.
/// ``Initialiser/kaimingFanOut`` is the same, but for the first dense layer, which there is a 4x4 convolution
/// and starts at 0.016 in place of 0.063.
public final class CaffeLeNet: Chain {
  private let normalise: Normalise
  private let features: Sequential
  private let classifier: Sequential

  /// A network with random weights.
  ///
  /// - Parameters:
  ///   - channels: 1 for grey images.
  ///   - scale: what inputs are multiplied by, at least 1.
  ///   - mean: what is subtracted from inputs before that.
  ///   - initialiser: how weights are drawn.
  public init(
    channels: Int = 1, classCount: Int = 10, scale: Int = 1, mean: Double = 0,
    initialiser: Initialiser = .smallNormal, using generator: Generator
  ) {
    normalise = Normalise(
      mean: Array(repeating: Float(mean), count: channels),
      standardDeviation: Array(repeating: 1 / Float(max(1, scale)), count: channels))
    features = Sequential {
      Conv2D(channels, 20, kernel: 5, initialiser: initialiser, using: generator)
      MaxPool2D(2)
      Conv2D(20, 50, kernel: 5, initialiser: initialiser, using: generator)
      MaxPool2D(2)
    }
    classifier = Sequential {
      Linear(800, 500, initialiser: initialiser, using: generator)
      Activation.relu()
      Linear(500, classCount, initialiser: initialiser, using: generator)
    }
  }

  /// Logits `[N, K]` of images `[N, C, 28, 28]`.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    classifier(features(normalise(input, pass), pass).flattened(from: 1), pass)
  }

  /// The network as a chain.
  public var stages: [any Layer] { [normalise, features, Flatten(), classifier] }

  /// The network in TorchScript.
  public var scriptSource: String {
    "return self.classifier.forward(torch.flatten(self.features.forward("
      + "self.normalise.forward(x)), 1))"
  }
}
