import Torch

/// A classifier of texts by the vectors of their words: tokens `[N, L]`, int64, filled up with 0.
///
/// What the vectors, the words and the padding are is said here once; a model says what it does with
/// them. Logits cannot depend on padding: a model sees its places as zeros, and where they are.
public protocol TextClassifier: EmbeddingClassifier {
  /// The vectors of words.
  var embedding: WordEmbedding { get }
  /// The logits `[N, K]` of texts.
  ///
  /// - Parameters:
  ///   - vectors: `[N, L', E]`, those of the words, moved or not, and zeros at padding.
  ///   - texts: where words are.
  func logits(ofWords vectors: Tensor, in texts: TokenMask, _ pass: Pass) -> Tensor
}

extension TextClassifier {
  /// The words' vectors, `[N, L, E]`; zeros at padding.
  public func embedding(of input: Tensor) -> Tensor { embedding(input) }

  /// One for a word and zero for padding, `[N, L, 1]`.
  public func mask(of input: Tensor) -> Tensor? { embedding.mask(of: input) }

  /// The vectors of all words of the vocabulary, `[V, E]`.
  public var vectors: Tensor? { embedding.vectors }

  /// The logits `[N, K]` of texts whose vectors are given.
  public func logits(ofEmbedding embedding: Tensor, of input: Tensor, _ pass: Pass) -> Tensor {
    let texts = TokenMask(input, dtype: embedding.dtype)
    let vectors = embedding.narrowed(to: 0..<texts.length, along: 1) * texts.mask
    return logits(ofWords: vectors, in: texts, pass)
  }
}
