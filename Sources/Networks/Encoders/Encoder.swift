/// A network whose outputs are no logits but embeddings `[N, D]` of length 1, such as templates of faces:
/// inputs of one identity lie close to one another.
///
/// It learns with a term that has a head of its own, such as ArcFace; scores of two inputs are the cosines
/// of their embeddings.
public protocol Encoder: Layer {
  /// The number of coordinates of an embedding, D.
  var embeddingSize: Int { get }
}
