import Foundation
import Networks
import Testing
import Torch

@testable import Training

@Suite("Terms on the vectors of words")
struct EmbeddingTermTests {
  /// The mean of the words' vectors and a linear layer, so that one step's gain is known.
  private final class Bag: EmbeddingClassifier {
    @Parameter var table: Tensor
    let weight = Tensor([0.6, -0.8, 0.0])

    init() {
      _table = Parameter(
        wrappedValue: .normal(
          [6, 3], dtype: .float64, using: Generator(seed: 2, purpose: "bag")))
    }

    func embedding(of input: Tensor) -> Tensor { table.embedding(input) }
    func mask(of input: Tensor) -> Tensor? {
      input.notEqual(to: 0).to(.float64).unsqueezed(2)
    }
    func logits(ofEmbedding embedding: Tensor, of input: Tensor, _ pass: Pass) -> Tensor {
      guard let mask = mask(of: input) else { return embedding }
      let score = ((embedding * mask).sum(along: 1) / mask.sum(along: 1)).matmul(weight)
      return Tensor.stacked([score * -0.5, score * 0.5], along: 1)
    }
    var scriptSource: String { "return x" }
  }

  @Test("one step moves vectors by the radius, padding not, and the gradient reaches the vectors")
  func fastGradient() throws {
    let model = Bag()
    let tokens = Tensor([2, 3, 4, 5, 0, 0, 3, 0, 0], shape: [3, 3])
    let labels = [1, 0, 1]
    let batch = Batch(inputs: tokens, labels: Tensor(labels), indices: [0, 1, 2])
    let step = StepContext(model: model, batch: batch, context: Context(seed: 0))
    let term = try TermRegistry.term(
      "fgm-cross-entropy", options: ["norm": "l2", "radius": 0.25])
    let value = try term.value(in: step)
    // |w| is 1 and the score's gradient in each of n vectors is w / n, of length 1 / √n in all.
    let scores = model.table.detached().matmul(model.weight).values(as: Double.self)
    let texts = [[2, 3, 4], [5], [3]]
    let losses = zip(texts, labels).map { text, label -> Double in
      let count = Double(text.count)
      let sum = text.reduce(0) { $0 + scores[$1] }
      let margin = (label == 1 ? sum : -sum) / count
      return log1p(exp(0.25 / count.squareRoot() - margin))
    }
    let expected = losses.reduce(0, +) / 3
    #expect(abs(value.item - expected) < 1e-12)
    let gradient = gradient(of: value, withRespectTo: model.table)
    let rows = gradient.abs().sum(along: 1).values(as: Double.self)
    #expect(rows[0] == 0 && rows[1] == 0 && rows[2...5].allSatisfy { $0 > 0 })
  }

  @Test("with a radius of 0 the term is the cross-entropy, steps and random start or not")
  func zeroRadius() throws {
    let model = Bag()
    let tokens = Tensor([2, 3, 4, 5, 0, 0], shape: [2, 3])
    let batch = Batch(inputs: tokens, labels: Tensor([1, 0]), indices: [0, 1])
    let step = StepContext(model: model, batch: batch, context: Context(seed: 0))
    let clean = CrossEntropy().value(in: step).item
    let term = try TermRegistry.term("pgd-cross-entropy", options: ["norm": "l2", "radius": 0])
    #expect(abs(try term.value(in: step).item - clean) < 1e-12)
  }
}
