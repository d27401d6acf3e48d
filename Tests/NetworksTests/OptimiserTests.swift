import Foundation
import Networks
import Testing
import Torch

@Suite("Optimisers")
struct OptimiserTests {
  /// From Scripts/fixtures/optimisers.py, PyTorch 2.13.
  static let expected: [String: [Double]] = [
    "sgd": [0.38930316319964176, -0.2693372187299716, 0.18446523985250907],
    "momentum": [-0.25436153247306426, -0.09542542318807959, 0.15064500433780562],
    "nesterov": [-0.16883092228499982, -0.0975306199751741, 0.14056299365124061],
    "adam": [0.5338210767961965, -0.08664800026803071, -0.09290400711727345],
    "adamw": [0.4993046216222877, -0.07619917989343439, -0.09359572536086141],
    "adamax": [0.6190463509725096, -0.186537069552064, 0.002131602148215714],
  ]

  static let settings: [String: (OptimiserSettings, Double)] = [
    "sgd": (OptimiserSettings(rule: .sgd, weightDecay: 0.01), 0.1),
    "momentum": (OptimiserSettings(rule: .sgd, momentum: 0.9, weightDecay: 0.01), 0.05),
    "nesterov": (OptimiserSettings(rule: .sgd, momentum: 0.9, nesterov: true), 0.05),
    "adam": (OptimiserSettings(rule: .adam, weightDecay: 0.01), 0.1),
    "adamw": (OptimiserSettings(rule: .adamw, weightDecay: 0.1), 0.1),
    "adamax": (OptimiserSettings(rule: .adamax, weightDecay: 0.01), 0.1),
  ]

  private func step(_ optimiser: inout any Optimiser, _ weight: Parameter, _ rate: Double) {
    let loss = (Tensor([1.0, 2, 3]) * weight.value.pow(4)).sum()
    optimiser.step([gradient(of: loss, withRespectTo: weight.value)], learningRate: rate)
  }

  @Test("five steps equal PyTorch's in float64", arguments: expected.keys.sorted())
  func goldens(_ name: String) throws {
    let (settings, rate) = try #require(Self.settings[name])
    let weight = Parameter(wrappedValue: Tensor([1.0, -0.5, 0.25]))
    var optimiser = settings.optimiser(of: [weight])
    for _ in 0..<5 { step(&optimiser, weight, rate) }
    let expected = try #require(Self.expected[name])
    for (mine, theirs) in zip(weight.value.values(as: Double.self), expected) {
      #expect(abs(mine - theirs) < 1e-14)
    }
  }

  @Test(
    "weights and gradients that lie in memory in another order are updated the same",
    arguments: expected.keys.sorted())
  func memoryOrder(_ name: String) throws {
    let (settings, rate) = try #require(Self.settings[name])
    let generator = Generator(seed: 0, purpose: "order")
    let start = Tensor.normal([3, 2], using: generator)
    let slope = Tensor.normal([3, 2], using: generator)
    let plain = Parameter(wrappedValue: start)
    let turned = Parameter(wrappedValue: start.transposed().contiguous().transposed())
    var first = settings.optimiser(of: [plain])
    var second = settings.optimiser(of: [turned])
    for _ in 0..<3 {
      first.step([slope], learningRate: rate)
      second.step([slope.transposed().contiguous().transposed()], learningRate: rate)
    }
    #expect(turned.value.isIdentical(to: plain.value))
  }

  @Test(
    "an optimiser goes on from its saved state, to the last bit",
    arguments: settings.keys.sorted())
  func state(_ name: String) throws {
    let (settings, rate) = try #require(Self.settings[name])
    let weight = Parameter(wrappedValue: Tensor([1.0, -0.5, 0.25]))
    var optimiser = settings.optimiser(of: [weight])
    for _ in 0..<3 { step(&optimiser, weight, rate) }
    let twin = Parameter(wrappedValue: weight.value.detached().copy())
    var resumed = settings.optimiser(of: [twin])
    resumed.state = optimiser.state.mapValues { $0.copy() }
    for _ in 0..<3 {
      step(&optimiser, weight, rate)
      step(&resumed, twin, rate)
    }
    #expect(twin.value.isIdentical(to: weight.value))
  }

  @Test("learning rates at their corners")
  func learningRate() {
    let cosine = LearningRate(1, shape: .cosine, warmup: 0.1, final: 0.1)
    #expect(cosine.rate(at: 0, of: 100) == 0.1)
    #expect(cosine.rate(at: 9, of: 100) == 1)
    #expect(cosine.rate(at: 10, of: 100) == 1)
    #expect(abs(cosine.rate(at: 55, of: 100) - 0.55) < 1e-12)
    #expect(abs(cosine.rate(at: 100, of: 100) - 0.1) < 1e-12)
    let linear = LearningRate(2, shape: .linear)
    #expect(linear.rate(at: 25, of: 100) == 1.5)
    let step = LearningRate(1, shape: .step, factor: 0.5, every: 10)
    #expect(step.rate(at: 25, of: 100) == 0.25)
  }

  @Test("clipping keeps the direction and limits the length")
  func clipping() {
    let gradients = [Tensor([3.0]), Tensor([4.0, 0])]
    #expect(GradientClipping.norm(of: gradients) == 5)
    let clipped = GradientClipping.byNorm(gradients, limit: 1)
    #expect(abs(GradientClipping.norm(of: clipped) - 1) < 1e-6)
    #expect(GradientClipping.byNorm(gradients, limit: 6)[1].isIdentical(to: gradients[1]))
    #expect(GradientClipping.byValue(gradients, limit: 3.5)[1].values() == [3.5, 0.0])
  }

  @Test("an average of a constant rise follows its closed form, and gives the weights back")
  func average() {
    let weight = Parameter(wrappedValue: Tensor([0.0]))
    var average = ExponentialMovingAverage(of: [weight], decay: 0.6)
    var expected = 0.0
    for step in 1...10 {
      weight.replace(with: Tensor([Double(step)]))
      average.update()
      let decay = min(0.6, 1 - 1 / Double(step + 1))
      expected = decay * expected + (1 - decay) * Double(step)
    }
    average.withAverages { #expect(abs(weight.value.item - expected) < 1e-12) }
    #expect(weight.value.item == 10)
  }
}
