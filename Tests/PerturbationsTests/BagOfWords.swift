import Networks
import Torch

/// The mean of the words' vectors and a linear layer without bias, in float64: for two classes the
/// best exchange of words and the best perturbation are known.
final class BagOfWords: EmbeddingClassifier {
  private let table: Parameter
  private let weight: Tensor

  init(words: Int, size: Int) {
    let generator = Generator(seed: 7, purpose: "bag")
    table = Parameter(wrappedValue: .normal([words, size], dtype: .float64, using: generator))
    weight = .normal([size], dtype: .float64, using: generator)
  }

  var vectors: Tensor? { table.value }
  func embedding(of input: Tensor) -> Tensor { table.value.embedding(input) }
  func mask(of input: Tensor) -> Tensor? {
    input.notEqual(to: 0).to(.float64).unsqueezed(2)
  }

  func logits(ofEmbedding embedding: Tensor, of input: Tensor, _ pass: Pass) -> Tensor {
    guard let mask = mask(of: input) else { return embedding }
    let mean = (embedding * mask).sum(along: 1) / mask.sum(along: 1)
    let score = mean.matmul(weight)
    return Tensor.stacked([score * -0.5, score * 0.5], along: 1)
  }

  var scriptSource: String { "return x" }

  /// `w · e_v` for every word.
  var scores: [Double] { table.value.detached().matmul(weight).values() }
  /// `|w|`.
  var length: Double { weight.norm(order: 2, along: [0]).item }
}
