import Foundation
import Networks
import Testing
import Torch

@Suite("Training of 1-Lipschitz layers")
struct LipschitzTrainingTests {
  let generator = Generator(seed: 3, purpose: "lipschitz")

  // Small tensors wait for other threads longer than they compute.
  init() { IntraOperatorThreads.set(1) }

  @Test("steps of Adam at which one power iteration makes deel-torchlip diverge")
  func largeSteps() {
    // An update moves the largest singular value several times as far as its estimate can follow.
    let network = Sequential {
      SpectralLinear(256, 512, using: generator)
      FullSort()
      SpectralLinear(512, 32, using: generator)
      FullSort()
      SpectralLinear(32, 1, using: generator)
    }
    let parameters = network.parameters
    var optimiser = Adam(parameters)
    for step in 0..<12 {
      let inputs = Tensor.normal([32, 256], using: generator)
      let signs = inputs.select(0, along: 1).sign().unsqueezed(1)
      let loss = -(network(inputs, .training(seed: UInt64(step))) * signs).mean()
      #expect(loss.item.isFinite)
      let found = gradients(of: loss, withRespectTo: parameters.map(\.value))
      #expect(found.allSatisfy { $0.isFinite.all })
      optimiser.step(found, learningRate: 3e-2)
      for (_, layer) in network.namedLeaves {
        guard let spectral = layer as? SpectralLinear else { continue }
        let values = spectral.orthonormalWeight.to(.float64).svd().singularValues
        #expect(values.max().item <= 1 + 1e-6)
      }
    }
  }

  @Test("an estimate that is far too small is caught", arguments: [1e-6, 1, 1e6])
  func staleDirection(_ scale: Double) {
    // The direction is one of a small singular value, and no iteration leads away from it.
    let diagonal = Tensor([0.01, 5, 4, 3], shape: [4]).diagonalMatrix() * scale
    let wrong = Tensor([1.0, 0, 0, 0], shape: [4, 1])
    let found = SpectralWeight.orthonormal(diagonal, direction: wrong)
    #expect(found.weight.isFinite.all)
    #expect(found.weight.svd().singularValues.max().item <= 1 + 1e-9)
    #expect(SpectralWeight.orthonormal(diagonal * 0, direction: wrong).weight.abs().max().item == 0)
  }

  @Test("weights that are not finite are an error, not NaN")
  func notFinite() {
    let layer = SpectralLinear(3, 2, using: generator)
    layer.$weight.replace(with: .full([2, 3], .nan))
    #expect(throws: TorchError.self) { try attempt { layer(Tensor.ones([1, 3])) } }
  }

  @Test("gradients go through the whole iteration", arguments: [(3, 5), (5, 3), (4, 13), (13, 4)])
  func exactGradient(_ rows: Int, _ columns: Int) {
    let weight = Tensor.normal([rows, columns], dtype: .float64, using: generator).variable()
    let factor = Tensor.normal([rows, columns], dtype: .float64, using: generator)
    // The estimate has converged, so that its own derivative is that of the singular value.
    var start = SpectralWeight.direction([rows, columns], using: generator).to(.float64)
    for _ in 0..<30 { start = SpectralWeight.orthonormal(weight, direction: start).direction }
    func value(_ weight: Tensor) -> Tensor {
      (SpectralWeight.orthonormal(weight, direction: start).weight * factor).sum()
    }
    let found = gradients(of: value(weight), withRespectTo: [weight])[0]
    let step = Tensor.normal([rows, columns], dtype: .float64, using: generator) * 1e-6
    let plain = weight.detached()
    let difference = (value(plain + step) - value(plain - step)).item / 2
    #expect(abs((found * step).sum().item - difference) < 1e-4 * abs(difference) + 1e-10)
  }

  @Test("checkpoints keep free weights and directions, and give the same outputs")
  func checkpoint() throws {
    let make = { (seed: UInt64) in
      LipschitzCNN(side: 8, outputs: 3, using: Generator(seed: seed, purpose: "weights"))
    }
    let (one, other) = (make(1), make(2))
    let x = Tensor.uniform([4, 1, 8, 8], using: generator)
    _ = one(x, .training(seed: 0))
    #expect(one.namedParameters.map(\.name).contains("features.0.weight"))
    #expect(one.namedBuffers.map(\.name).contains("classifier.0.direction"))
    try other.load(one.state())
    #expect(one(x).isIdentical(to: other(x)))
  }

  @Test("a frozen network does what the network does now, and does not move with it")
  func frozen() throws {
    let network = LipschitzCNN(side: 8, outputs: 3, using: generator)
    let x = Tensor.uniform([4, 1, 8, 8], using: generator)
    for parameter in network.parameters {
      let noise = Tensor.normal(parameter.value.shape, using: generator) * 0.1
      parameter.replace(with: parameter.value.detached() + noise)
    }
    let before = network(x)
    let frozen = network.frozen()
    #expect((frozen(x) - before).abs().max().item < 1e-6)
    #expect(!frozen.namedLeaves.contains { $0.layer is any ConstrainedLayer })
    network.parameters[0].replace(with: network.parameters[0].value.detached() * -1)
    #expect((frozen(x) - before).abs().max().item < 1e-6)
    #expect((network(x) - before).abs().max().item > 1e-3)
    let plain = MLP(widths: [4, 3], using: generator)
    #expect(plain.frozen() === plain)
  }

  @Test("bad input is named")
  func badInput() throws {
    for layer in [GroupSort(2) as any Layer, HalvesMaxMin(), Householder(2)] {
      let error = #expect(throws: TorchError.self) {
        try attempt { layer(Tensor.ones([2, 3])) }
      }
      #expect(error?.description.contains("[2, 3]") == true)
    }
    #expect(throws: LipschitzError.padding(.reflect, layer: "OrthogonalConv2D")) {
      try OrthogonalConv2D(2, 2, kernel: 3, padding: 1, mode: .reflect, using: generator)
    }
    #expect(throws: LipschitzError.padding(.symmetric, layer: "SkewOrthogonalConv2D")) {
      try SkewOrthogonalConv2D(2, mode: .symmetric, using: generator)
    }
    let small = SpectralConv2D(1, 2, kernel: 3, padding: 1, mode: .reflect, using: generator)
    #expect(throws: TorchError.self) { try attempt { small(Tensor.ones([1, 1, 3, 3])) } }
    for (option, value) in [("group", 3.0), ("group", 1), ("head", 5), ("outputs", 4)] {
      #expect(throws: ModelError.option(option, value: value, model: "lipschitz-mlp")) {
        try ModelRegistry.model(
          "lipschitz-mlp", inputShape: [2], classCount: 2, options: [option: value],
          using: generator)
      }
    }
    for (option, value) in [("width", 15.0), ("hidden", 63)] {
      #expect(throws: ModelError.option(option, value: value, model: "lipschitz-cnn")) {
        try ModelRegistry.model(
          "lipschitz-cnn", inputShape: [1, 8, 8], classCount: 2, options: [option: value],
          using: generator)
      }
    }
  }

  @Test("sorting pairs has the derivatives of sorting, to any order and in any layout")
  func pairs() {
    let x = Tensor.normal([2, 4, 3, 3], dtype: .float64, using: generator)
    for input in [x, x.channelsLast(), x.narrowed(to: 0..<2, along: 3)] {
      let variable = input.detached().variable()
      let ours = variable.sortedPairs()
      let shape = variable.shape
      let theirs = variable.reshaped([2, 2, 2] + shape.dropFirst(2)).sorted(along: 2).values
        .reshaped(shape)
      #expect(ours.isIdentical(to: theirs))
      let weight = Tensor.normal(shape, dtype: .float64, using: generator)
      func second(_ outputs: Tensor) -> Tensor {
        let first = gradients(
          of: (outputs.pow(3) * weight).sum(), withRespectTo: [variable], createGraph: true)[0]
        return gradients(of: (first * weight).sum(), withRespectTo: [variable])[0]
      }
      #expect((second(ours) - second(theirs)).abs().max().item < 1e-12)
    }
  }
}
