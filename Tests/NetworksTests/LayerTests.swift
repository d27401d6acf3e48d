import Networks
import Testing
import Torch

@Suite("Layers")
struct LayerTests {
  let generator = Generator(seed: 1, purpose: "layers")

  @Test("a convolution equals the sum written out")
  func convolution() {
    let layer = Conv2D(1, 1, kernel: 2, using: generator)
    layer.$weight.replace(with: Tensor([Float(1), 2, 3, 4], shape: [1, 1, 2, 2]))
    layer.bias?.replace(with: Tensor([Float(0.5)]))
    let image = Tensor([Float(1), 0, 2, 0, 1, 0, 3, 0, 1], shape: [1, 1, 3, 3])
    // 1*1 + 2*0 + 3*0 + 4*1, and so on.
    #expect(layer(image).values() == [Float(5.5), 7.5, 11.5, 5.5])
  }

  @Test("batch normalisation has mean 0 and variance 1, and its statistics move only when told to")
  func batchNorm() {
    let layer = BatchNorm(3)
    let x = Tensor.normal([64, 3, 4, 4], mean: 2, standardDeviation: 3, using: generator)
    let y = layer(x, .training(seed: 0, updatesStatistics: false))
    #expect(y.mean(along: 0, 2, 3).abs().max().item < 1e-5)
    #expect((y.variance(along: [0, 2, 3]) - 1).abs().max().item < 1e-4)
    #expect(layer.runningMean.abs().max().item == 0)
    #expect(layer.numBatchesTracked.item == 0)
    _ = layer(x, .training(seed: 0))
    let expected = x.mean(along: 0, 2, 3) * 0.1
    #expect((layer.runningMean - expected).abs().max().item < 1e-6)
    let variance = x.variance(along: [0, 2, 3], correction: 1) * 0.1 + 0.9
    #expect((layer.runningVar - variance).abs().max().item < 1e-5)
    #expect(layer.numBatchesTracked.item == 1)
    let before = layer.state().mapValues { $0.copy() }
    _ = layer(x, .evaluation)
    #expect(before.allSatisfy { layer.state()[$0.key]?.isIdentical(to: $0.value) == true })
  }

  @Test("dropout keeps the mean, and drops the same units for the same seed")
  func dropout() {
    let network = Sequential {
      Dropout(0.3)
      Dropout(0.2)
    }
    let x = Tensor.ones([100_000])
    let first = network(x, .training(seed: 4))
    #expect(abs(first.mean().item - 1) < 0.01)
    #expect(first.isIdentical(to: network(x, .training(seed: 4))))
    #expect(!first.isIdentical(to: network(x, .training(seed: 5))))
    #expect(network(x).isIdentical(to: x))
    // Two layers of one pass must not drop the same units: 0.7 * 0.8 of all stay.
    #expect(abs(first.greater(than: 0).to(.float32).mean().item - 0.56) < 0.01)
  }

  @Test("passes that share a memory see the very draws they would see without")
  func sharedDraws() {
    let network = Sequential {
      Dropout(0.3)
      GaussianNoiseLayer(0.1)
      Dropout(0.2)
    }
    let memory = Pass.Memory()
    for shape in [[10, 3], [10, 3], [4, 7], [10, 3]] {
      let x = Tensor.normal(shape, using: generator)
      let shared = network(x, .training(seed: 4, memory: memory))
      #expect(shared.isIdentical(to: network(x, .training(seed: 4))))
    }
  }

  @Test("orthogonal weights have orthonormal rows or columns")
  func orthogonal() {
    let wide = Initialiser.orthogonal.weight([3, 5], using: generator)
    #expect((wide.matmul(wide.transposed()) - .identity(3)).abs().max().item < 1e-6)
    let tall = Initialiser.orthogonal.weight([5, 3], using: generator)
    #expect((tall.transposed().matmul(tall) - .identity(3)).abs().max().item < 1e-6)
  }

  @Test("initialisers have the variance of their article", arguments: Initialiser.allCases)
  func variance(_ initialiser: Initialiser) {
    let weight = initialiser.weight([200, 100, 3, 3], using: generator)
    let expected: Double =
      switch initialiser {
      case .torchDefault: 1 / (3 * 900.0)
      case .kaimingUniform, .kaimingNormal: 2 / 900.0
      case .kaimingFanOut: 2 / 1800.0
      case .smallNormal: 1e-4
      case .xavierUniform: 2 / (900.0 + 1800)
      case .lecunNormal: 1 / 900.0
      case .orthogonal: 1 / 900.0
      case .zeros: 0
      }
    let measured = weight.squared().mean().item
    #expect(abs(measured - expected) <= 0.02 * expected)
  }
}
