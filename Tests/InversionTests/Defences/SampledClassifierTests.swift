import Foundation
import Inversion
import Networks
import Testing
import Torch

@Suite("Classifiers that draw")
struct SampledClassifierTests {
  private func network() throws -> FrozenNetwork {
    let generator = Generator(seed: 1, purpose: "weights")
    let body = MLP(widths: [6, 8, 3], using: generator)
    let narrowed = try #require(body.withBottleneck(4, using: generator))
    // Deviations of about 1 in place of 0.007.
    let bias = try #require((narrowed.stages[3] as? Linear)?.bias)
    bias.replace(
      with: bias.value.detached() + Tensor([0, 0, 0, 0, 5.5, 5.5, 5.5, 5.5]).to(.float32))
    return FrozenNetwork(narrowed, inputShape: [6], classCount: 3)
  }
  private let inputs = Tensor.normal([5, 6], using: Generator(seed: 2, purpose: "inputs"))

  @Test("an answer is the mean of the probabilities of its draws, and the same each time")
  func mean() throws {
    let network = try network()
    let many = try SampledClassifier(network, draws: 4000, seed: 3)
    let answer = try many.logits(inputs)
    #expect(answer.isIdentical(to: try many.logits(inputs)))
    #expect((answer.exp().sum(along: 1) - 1).abs().max().item < 1e-5)
    // Other draws say other things; many of them say the same.
    let other = try SampledClassifier(network, draws: 4000, seed: 4).logits(inputs)
    #expect((answer.exp() - other.exp()).abs().max().item < 0.03)
    let one = try SampledClassifier(network, draws: 1, seed: 3).logits(inputs)
    let two = try SampledClassifier(network, draws: 1, seed: 4).logits(inputs)
    #expect((one.exp() - two.exp()).abs().max().item > 0.03)
    // The mean of two draws, each by itself.
    let pair = try SampledClassifier(network, draws: 2, seed: 3).logits(inputs).exp()
    let second = pair * 2 - one.exp()
    #expect((second.sum(along: 1) - 1).abs().max().item < 1e-5)
    #expect((second - one.exp()).abs().max().item > 1e-3)
  }

  @Test("gradients reach the inputs, and of many draws they are nearly those of others")
  func gradient() throws {
    let network = try network()
    func slope(_ draws: Int, _ seed: UInt64) throws -> Tensor {
      let model = try SampledClassifier(network, draws: draws, seed: seed)
      return try valueAndGradient(at: inputs) { try model.logits($0).select(0, along: 1).sum() }
        .gradient.flattened()
    }
    func cosine(_ draws: Int) throws -> Double {
      try slope(draws, 5).unsqueezed(0).cosineSimilarity(to: slope(draws, 6).unsqueezed(0)).item
    }
    #expect(try cosine(1000) > 0.99)
    #expect(try cosine(1) < cosine(1000))
  }

  @Test("less than one draw is refused")
  func refusal() throws {
    let network = try network()
    #expect(throws: InversionError.setting(name: "draws", value: "0", allowed: "at least 1")) {
      try SampledClassifier(network, draws: 0, seed: 1)
    }
  }
}
