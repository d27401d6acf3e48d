import Torch

/// A classifier whose inputs cannot be moved a little, such as words or the nodes of a graph: its
/// first part maps them to vectors, which can.
///
/// Perturbations, smoothness terms and attacks act on the vectors. For texts `[N, L]` of L tokens the
/// vectors are `[N, L, E]`; for nodes of a graph they are the features `[V, F]` of all its nodes,
/// whichever of them are asked about.
public protocol EmbeddingClassifier: Layer {
  /// The vectors of some inputs; nothing is dropped here, so that all passes see the same vectors.
  func embedding(of input: Tensor) -> Tensor
  /// The logits `[N, K]` of inputs whose vectors are given.
  func logits(ofEmbedding embedding: Tensor, of input: Tensor, _ pass: Pass) -> Tensor
  /// One where a vector stands for something and zero where it only fills up, in a shape that
  /// broadcasts over ``embedding(of:)``; `nil` when all of them count.
  func mask(of input: Tensor) -> Tensor?
  /// Whether ``embedding(of:)`` has a row for everything there is, as for a graph's nodes, and not one
  /// for each input.
  var embedsEverything: Bool { get }
  /// The vectors that one position may have, `[V, E]`, row `v` that of word `v`; `nil` where inputs
  /// are not words. With them, words can be exchanged.
  var vectors: Tensor? { get }
}

extension EmbeddingClassifier {
  /// The logits of inputs.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    logits(ofEmbedding: embedding(of: input), of: input, pass)
  }
  /// All vectors count.
  public func mask(of input: Tensor) -> Tensor? { nil }
  /// There is one row for each input.
  public var embedsEverything: Bool { false }
  /// Inputs are not words.
  public var vectors: Tensor? { nil }
}
