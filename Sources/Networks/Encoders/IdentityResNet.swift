import Torch

/// An encoder of another kind than ``IdentityCNN``, to judge what was optimised against that one: a residual
/// network with pre-activation, averaged over places. For square images whose side divides by 4.
public final class IdentityResNet: Encoder, Chain {
  private let stem: Conv2D
  private let blocks: Sequential
  private let embedding: Sequential
  /// The number of coordinates of an embedding.
  public let embeddingSize: Int

  /// A network with random weights.
  ///
  /// - Parameters:
  ///   - channels: 1 for grey images.
  ///   - width: the channels of the first of three stages; the others have twice and four times as many.
  public init(
    channels: Int = 1, embeddingSize: Int = 64, width: Int = 24, using generator: Generator
  ) {
    stem = Conv2D(
      channels, width, kernel: 3, padding: 1, hasBias: false, initialiser: .kaimingNormal,
      using: generator)
    blocks = Sequential {
      for (stage, depth) in [width, 2 * width, 4 * width].enumerated() {
        WideBlock(
          stage == 0 ? width : depth / 2, depth, stride: stage == 0 ? 1 : 2, dropout: 0,
          momentum: 0.1, slope: 0, using: generator)
      }
    }
    embedding = Sequential {
      BatchNorm(4 * width)
      Activation.relu()
      GlobalAveragePool()
      Linear(4 * width, embeddingSize, hasBias: false, using: generator)
      UnitLength()
    }
    self.embeddingSize = embeddingSize
  }

  /// Embeddings `[N, D]` of images `[N, C, S, S]`.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    embedding(blocks(stem(input, pass), pass), pass)
  }

  /// The network as a chain.
  public var stages: [any Layer] { [stem, blocks, embedding] }

  /// The network in TorchScript.
  public var scriptSource: String {
    "return self.embedding.forward(self.blocks.forward(self.stem.forward(x)))"
  }
}
