import Torch

/// The two halves of a finished ``EmbeddingClassifier``: what maps inputs to vectors, and what maps
/// vectors to logits.
///
/// It is Sendable as ``FrozenNetwork`` is: whoever makes one promises not to train the network while
/// it is in use.
public struct FrozenEmbedding: @unchecked Sendable {
  private let network: any EmbeddingClassifier

  init(_ network: any EmbeddingClassifier) { self.network = network }

  /// The vectors of inputs, `[N, …]`.
  public func embedding(of input: Tensor) throws -> Tensor {
    try attempt { network.embedding(of: input) }
  }

  /// The logits `[N, K]` of inputs whose vectors are given.
  public func logits(ofEmbedding embedding: Tensor, of input: Tensor) throws -> Tensor {
    try attempt { network.logits(ofEmbedding: embedding, of: input, .evaluation) }
  }

  /// One where a vector stands for something and zero where it only fills up; ones where all count.
  ///
  /// - Returns: a tensor that broadcasts over the vectors.
  public func mask(of input: Tensor, vectors: Tensor) throws -> Tensor {
    try attempt { network.mask(of: input) ?? Tensor.ones(like: vectors) }
  }

  /// The vectors of all words, `[V, E]`, where inputs are words.
  public var vectors: Tensor? { network.vectors?.detached() }
}

extension FrozenNetwork {
  /// The two halves of the network, where it is an ``EmbeddingClassifier``.
  public var embedding: FrozenEmbedding? {
    (network as? any EmbeddingClassifier).map(FrozenEmbedding.init)
  }
}
