import Torch

/// A network of two parts: features of images, and a classifier of these as one vector.
public protocol FeatureNetwork: Chain {
  /// What becomes of images, `[N, C, H, W]` to `[N, …]`.
  var features: Sequential { get }
  /// From the features as vectors, `[N, D]`, to logits `[N, K]`.
  var classifier: Sequential { get }
}

extension FeatureNetwork {
  /// Logits `[N, K]` of images `[N, C, H, W]`.
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

extension Sequential {
  /// Linear layers with rectified units between them.
  ///
  /// - Parameter widths: the numbers of inputs, of units and of outputs, at least two.
  static func rectified(_ widths: Int..., using generator: Generator) -> Sequential {
    var layers: [any Layer] = []
    for (from, to) in zip(widths, widths.dropFirst()) {
      if !layers.isEmpty { layers.append(Activation.relu()) }
      layers.append(Linear(from, to, using: generator))
    }
    return Sequential(layers)
  }
}
