import Torch

/// An encoder of faces: three stages of a 3x3 convolution with batch normalisation, of 32, 64 and 128
/// channels, and a linear layer to the embedding. For square images whose side divides by 8.
public final class IdentityCNN: Encoder, Chain {
  /// What the stages say is compared by perceptual distances: three times four layers, the last of each a
  /// pooling.
  public let features: Sequential
  private let embedding: Sequential
  /// The number of coordinates of an embedding.
  public let embeddingSize: Int

  /// A network with random weights.
  ///
  /// - Parameters:
  ///   - channels: 1 for grey images.
  ///   - width: the channels of the first stage; the others have twice and four times as many.
  public init(
    channels: Int = 1, side: Int = 32, embeddingSize: Int = 64, width: Int = 32,
    using generator: Generator
  ) {
    features = Sequential {
      for (stage, depth) in [width, 2 * width, 4 * width].enumerated() {
        Conv2D(
          stage == 0 ? channels : depth / 2, depth, kernel: 3, padding: 1, hasBias: false,
          initialiser: .kaimingNormal, using: generator)
        BatchNorm(depth)
        Activation.relu()
        MaxPool2D(2)
      }
    }
    embedding = Sequential {
      Linear(
        4 * width * (side / 8) * (side / 8), embeddingSize, hasBias: false, using: generator)
      // As in ArcFace's own networks: coordinates of one scale, centred.
      BatchNorm(embeddingSize)
      UnitLength()
    }
    self.embeddingSize = embeddingSize
  }

  /// Embeddings `[N, D]` of images `[N, C, S, S]`.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    embedding(features(input, pass).flattened(from: 1), pass)
  }

  /// The network as a chain.
  public var stages: [any Layer] { [features, Flatten(), embedding] }

  /// The network in TorchScript.
  public var scriptSource: String {
    "return self.embedding.forward(torch.flatten(self.features.forward(x), 1))"
  }
}
