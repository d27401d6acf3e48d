import Foundation
import Networks
import Testing
import Torch

@Suite("Text models")
struct TextModelTests {
  static let names = ["text-cnn", "text-lstm"]

  private func model(_ name: String) throws -> any EmbeddingClassifier {
    let model = try ModelRegistry.model(
      name, inputShape: [9], classCount: 3,
      options: name == "text-cnn"
        ? ["embedding": 8, "filters": 6] : ["embedding": 8, "hidden": 6],
      vocabularySize: 20, using: Generator(seed: 1, purpose: "text"))
    return try #require(model as? any EmbeddingClassifier)
  }

  /// Texts of 1, 4, 9 and no words.
  private var tokens: Tensor {
    Tensor(
      [[5], [2, 3, 4, 1], [2, 19, 7, 7, 8, 3, 2, 6, 5], []].flatMap {
        $0 + Array(repeating: 0, count: 9 - $0.count)
      }, shape: [4, 9])
  }

  @Test("logits are the same bits whatever the padding", arguments: names)
  func padding(_ name: String) throws {
    let model = try model(name)
    let logits = model(tokens)
    #expect(logits.shape == [4, 3] && logits.isFinite.all)
    #expect(model(tokens.padded([0, 7])).isIdentical(to: logits))
    // Alone, without the padding that longer texts bring: as near as other shapes of kernels get.
    for (row, length) in [(0, 1), (1, 4), (1, 6)] {
      let alone = model(tokens.narrowed(to: row..<row + 1, along: 0)[.all, .range(0..<length)])
      #expect((alone - logits[row]).abs().max().item < 1e-6)
    }
    #expect((logits[0] - logits[1]).abs().max().item > 1e-3)
  }

  @Test("the gradient at padding is zero, and moving padding changes nothing", arguments: names)
  func gradients(_ name: String) throws {
    let model = try model(name)
    let vectors = model.embedding(of: tokens).variable()
    let mask = try #require(model.mask(of: tokens)).expanded(vectors.shape)
    let logits = model.logits(ofEmbedding: vectors, of: tokens, .evaluation)
    let gradient = gradient(of: logits.squared().sum(), withRespectTo: vectors)
    #expect(gradient.filled(where: mask.to(.bool), with: 0).abs().max().item == 0)
    let words = gradient.abs().sum(along: 2).values(as: Double.self)
    let isWord = mask.select(0, along: 2).values(as: Bool.self)
    if name == "text-lstm" {
      #expect(zip(words, isWord).allSatisfy { ($0 > 0) == $1 })
    } else {
      #expect(words.contains { $0 > 0 })
    }
    let moved = vectors.detached() + (1 - mask) * 100
    #expect(
      model.logits(ofEmbedding: moved, of: tokens, .evaluation).isIdentical(to: logits.detached()))
  }

  @Test("the second derivative is symmetric", arguments: names)
  func secondDerivative(_ name: String) throws {
    let model = try model(name)
    let vectors = model.embedding(of: tokens).detached()
    let directions = (0..<2).map {
      Tensor.normal(vectors.shape, using: Generator(seed: UInt64($0), purpose: "direction"))
    }
    let products = directions.map { direction in
      hessianVectorProduct(at: vectors, direction: direction) {
        model.logits(ofEmbedding: $0, of: tokens, .evaluation).logSoftmax(along: 1)
          .select(0, along: 1).sum()
      }
    }
    let (first, second) = (
      (products[0] * directions[1]).sum().item, (products[1] * directions[0]).sum().item
    )
    #expect(abs(first - second) < 1e-4 * (1 + abs(first)) && abs(first) > 1e-6)
  }

  @Test("normalised vectors have mean 0 and variance 1 over the words of the texts")
  func normalised() throws {
    let model = try ModelRegistry.model(
      "text-cnn", inputShape: [9], classCount: 3,
      options: ["embedding": 8, "deviation": 1, "normalised": 1], vocabularySize: 5,
      wordCounts: [90, 1, 2, 3, 4], using: Generator(seed: 1, purpose: "text"))
    let embedding = try #require(model as? TextCNN).embedding
    let shares = Tensor([0, 0.1, 0.2, 0.3, 0.4], shape: [5, 1]).to(.float32)
    let vectors = embedding.vectors
    #expect((vectors * shares).sum(along: 0).abs().max().item < 1e-6)
    #expect(((vectors.squared() * shares).sum(along: 0) - 1).abs().max().item < 1e-4)
    let texts = Tensor([3, 4, 0, 0], shape: [1, 4])
    #expect(embedding(texts)[0][0].isIdentical(to: vectors[3]))
    #expect(embedding(texts)[0][2].abs().max().item == 0)
    // Longer and shifted weights are the same vectors.
    try embedding.load(["weight": embedding.weight * 50 + 7, "frequencies": shares])
    #expect((embedding.vectors - vectors).abs().max().item < 1e-4)
    // Without counts all words are equally frequent, until those of a run are loaded.
    let other = try ModelRegistry.model(
      "text-cnn", inputShape: [9], classCount: 3, options: ["embedding": 8, "normalised": 1],
      vocabularySize: 5, using: Generator(seed: 2, purpose: "text"))
    try other.load(model.state())
    #expect(other(texts).isIdentical(to: model(texts)))
  }

  @Test("LSTM weights have PyTorch's names, and one step is the formula")
  func recurrent() throws {
    let layer = LSTM(2, 3, using: Generator(seed: 4, purpose: "lstm"))
    #expect(
      layer.namedParameters.map(\.name) == [
        "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0",
      ])
    let state = layer.state()
    let input = Tensor([Float(0.3), -0.7], shape: [1, 1, 2])
    let gates =
      try input[0].matmul(#require(state["weight_ih_l0"]).transposed())[0]
      + #require(state["bias_ih_l0"]) + #require(state["bias_hh_l0"])
    let cell = gates[0..<3].sigmoid() * gates[6..<9].tanh()
    let hidden = gates[9..<12].sigmoid() * cell.tanh()
    #expect((layer(input)[0][0] - hidden).abs().max().item < 1e-6)
  }

  @Test("words and numbers are told apart")
  func kinds() {
    let generator = Generator(seed: 1, purpose: "text")
    #expect(throws: ModelError.inputKind(model: "text-cnn", readsWords: true)) {
      try ModelRegistry.model(
        "text-cnn", inputShape: [9], classCount: 2, using: generator)
    }
    #expect(throws: ModelError.inputKind(model: "mlp", readsWords: false)) {
      try ModelRegistry.model(
        "mlp", inputShape: [9], classCount: 2, vocabularySize: 9, using: generator)
    }
  }
}
