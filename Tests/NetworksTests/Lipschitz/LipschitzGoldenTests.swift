import Foundation
import Networks
import Testing
import Torch

@Suite("1-Lipschitz layers against deel-torchlip")
struct LipschitzGoldenTests {
  let golden: LipschitzGolden

  init() throws { golden = try LipschitzGolden.load() }

  @Test("Björck's iterates, where they lead, and the polar factor")
  func bjorck() {
    let matrix = Tensor(rows: golden.bjorck.matrix)
    let scaled = matrix / golden.bjorck.singular[0]
    for (index, iterate) in golden.bjorck.iterates.enumerated() {
      let found = Bjorck.iterated(scaled, count: index + 1)
      #expect(found.distance(to: Tensor(rows: iterate)) < 1e-12)
    }
    // The library ends when a step is shorter than 1e-3, which here is after six.
    let converged = Tensor(rows: golden.bjorck.converged)
    #expect(Bjorck.iterated(scaled, count: 6).distance(to: converged) < 1e-12)
    let polar = Tensor(rows: golden.bjorck.polar)
    for order in 1...4 {
      #expect(Bjorck.iterated(scaled, order: order, count: 12).distance(to: polar) < 1e-12)
    }
    #expect(Bjorck.iterated(scaled, beta: 0.3, count: 60).distance(to: polar) < 1e-12)
    for matrix in [matrix, matrix.transposed()] {
      let expected = matrix.size(0) == 2 ? polar : polar.transposed()
      let start = SpectralWeight.direction([2, 3], using: Generator(seed: 1, purpose: "start"))
      let found = SpectralWeight.orthonormal(matrix, direction: start)
      #expect(found.weight.distance(to: expected) < 1e-5)
    }
  }

  @Test("the factor of every kernel and stride")
  func factors() {
    for kernel in [1, 2, 3, 5, 7] {
      for stride in [1, 2, 3] {
        for (padding, mode) in [
          (0, ConvolutionPadding.zeros), (kernel / 2, .zeros), ((kernel - 1) / 2, .circular),
        ] where stride == 1 || mode == .zeros {
          let factor = PatchMultiplicity.factor(
            kernel: kernel, stride: stride, padding: padding, mode: mode)
          #expect(abs(1 / factor - (golden.lconv["k\(kernel)s\(stride)"] ?? 0)) < 1e-15)
        }
      }
    }
  }

  @Test("padding with mirror images enlarges the factor where deel-torchlip says nothing of it")
  func mirrors() {
    func factor(_ kernel: Int, _ mode: ConvolutionPadding) -> Double {
      PatchMultiplicity.factor(kernel: kernel, stride: 1, padding: kernel / 2, mode: mode)
    }
    #expect(factor(3, .symmetric) == 3 && factor(3, .replicate) == 3)
    // A pixel next to the edge is seen once more from beyond it, in rows of three from both sides.
    #expect(factor(3, .reflect) == 4)
    #expect(
      PatchMultiplicity.factor(
        kernel: 3, stride: 1, padding: 1, mode: .reflect, imageSize: [3, 3]) == 5)
    // A stride that does not divide a ring comes back between its own steps.
    for (size, expected) in [(4, 2.0), (6, 1)] {
      #expect(
        PatchMultiplicity.factor(
          kernel: 3, stride: 3, padding: 1, mode: .circular, imageSize: [size, size]) == expected)
    }
    #expect(factor(5, .replicate) > 5 && factor(5, .reflect) > 5)
  }

  @Test("sorting units")
  func activations() throws {
    let x = Tensor(rows: try #require(golden.activations["x"]))
    for (name, layer) in [
      ("GroupSort2", GroupSort(2) as any Layer), ("GroupSort3", GroupSort(3)),
      ("FullSort", FullSort()), ("torchlip.MaxMin(=CReLU concat)", ConcatenatedReLU()),
    ] {
      let expected = Tensor(rows: try #require(golden.activations[name]))
      #expect(layer(x).isIdentical(to: expected))
    }
    let y = Tensor([1.0, 4, 3, 2], shape: [1, 4])
    #expect(HalvesMaxMin()(y).values() == [3.0, 4, 1, 2])
    #expect(PairsMaxMin()(y).values() == [4.0, 1, 3, 2])
    #expect(GroupSort(2)(y).values() == [1.0, 4, 2, 3])
    #expect(PairsMaxMin()(Tensor([1.0, 4, 3], shape: [1, 3])).values() == [4.0, 1, 3])
    #expect(
      Householder(4)(y.to(.float32)).distance(to: Tensor([1.0, 2, 3, 4], shape: [1, 4])) < 1e-6)
  }

  @Test("pooling")
  func pools() throws {
    func image(_ name: String) throws -> Tensor {
      let rows = try #require(golden.pool[name])[0][0]
      return Tensor(rows.flatMap { $0 }, shape: [1, 1, rows.count, rows.count])
    }
    let x = try image("x")
    #expect(ScaledAveragePool2D(2)(x).distance(to: try image("ScaledAvgPool2d(2)")) < 1e-12)
    #expect(ScaledL2NormPool2D(2)(x).distance(to: try image("ScaledL2NormPool2d(2)")) < 1e-12)
    let zeros = Tensor.zeros([1, 1, 2, 2]).variable()
    let gradient = gradients(of: ScaledL2NormPool2D(2)(zeros).sum(), withRespectTo: [zeros])[0]
    #expect(gradient.values() == [Float](repeating: 0, count: 4))
  }

  @Test("a network in closed form: outputs and the gradient of one")
  func network() {
    func filled(_ shape: [Int], _ scale: Double) -> Tensor {
      let values = (0..<shape.reduce(1, *)).map { sin(Double($0) + 1) * scale }
      return Tensor(values, shape: shape)
    }
    let network = Sequential {
      Conv2D(weight: filled([4, 1, 3, 3], 0.5), bias: filled([4], 0.1), padding: 1)
      GroupSort(2)
      Conv2D(weight: filled([4, 4, 3, 3], 0.3), bias: filled([4], 0.1), padding: 1)
      Activation.relu()
      ScaledL2NormPool2D(2)
      Flatten()
      Linear(weight: filled([3, 64], 0.2), bias: filled([3], 0.05))
    }
    let values = (0..<64).map { 0.5 * cos(0.37 * Double($0)) + 0.5 }
    let x = Tensor(values, shape: [1, 1, 8, 8]).variable()
    let logits = network(x)
    #expect(logits.detached().flattened().distance(to: Tensor(golden.net.logits)) < 1e-9)
    let gradient = gradients(of: logits.select(1, along: 1).sum(), withRespectTo: [x])[0]
    #expect(gradient.flattened().distance(to: Tensor(golden.net.gradient)) < 1e-9)
  }
}
