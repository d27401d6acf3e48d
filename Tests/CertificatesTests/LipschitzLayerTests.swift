import Certificates
import Foundation
import Networks
import Perturbations
import Testing
import Torch

@Suite("Bounds on 1-Lipschitz layers")
struct LipschitzLayerTests {
  // Small tensors wait for other threads longer than they compute.
  init() { IntraOperatorThreads.set(1) }

  @Test("no Jacobian exceeds the bound, and no bound the claim", arguments: LayerCase.all)
  func sound(_ layer: LayerCase) throws {
    for (moment, found) in try layer.layers() {
      let bound = try found.lipschitzBound(inputShape: layer.shape)
      let steepest = layer.steepest(found)
      #expect(steepest.isFinite && steepest <= bound * (1 + 1e-12), "\(moment)")
      #expect(bound <= layer.claim + 1e-6, "\(moment)")
      // What is frozen does the same.
      let inputs = Tensor.normal([3] + layer.shape, using: Laboratory.generator("inputs"))
      #expect((found(inputs) - found.frozen()(inputs)).abs().max().item < 1e-6, "\(moment)")
    }
  }
}

extension LayerCase {
  static let all: [LayerCase] = dense + convolutions + units + parametrised + orthogonal

  private static let dense = [(12, 12), (20, 6), (6, 20), (5, 1), (1, 5)].flatMap {
    inputs, outputs in
    [
      LayerCase(name: "spectral \(inputs) to \(outputs)", shape: [inputs]) {
        SpectralLinear(inputs, outputs, using: $0)
      },
      LayerCase(name: "frobenius \(inputs) to \(outputs)", shape: [inputs]) {
        FrobeniusLinear(inputs, outputs, scope: .whole, using: $0)
      },
      LayerCase(
        name: "unit rows \(inputs) to \(outputs)", shape: [inputs],
        make: { FrobeniusLinear(inputs, outputs, scope: .rows, using: $0) },
        claim: Double(min(inputs, outputs)).squareRoot() + Double(outputs)),
    ]
  }

  private static let convolutions = ConvolutionPadding.allCases.flatMap { mode in
    [1, 2, 3, 5].flatMap { kernel in
      [1, 2, 3].flatMap { stride in
        [(0, 1), (kernel / 2, 1), (kernel / 2, 2)].compactMap { padding, groups -> LayerCase? in
          let name = "\(mode) kernel \(kernel) stride \(stride) padding \(padding) groups \(groups)"
          if padding == 0 && mode != .zeros { return nil }
          return LayerCase(name: name, shape: [2, 6, 6]) {
            SpectralConv2D(
              2, 4, kernel: kernel, stride: stride, padding: padding, mode: mode, groups: groups,
              using: $0)
          }
        }
      }
    }
  }

  static let units: [LayerCase] = [
    LayerCase(name: "group sort", shape: [6, 3, 3]) { _ in GroupSort(3) },
    LayerCase(name: "pairs", shape: [6, 3, 3]) { _ in GroupSort(2) },
    LayerCase(name: "full sort", shape: [7]) { _ in FullSort() },
    LayerCase(name: "concatenated relu", shape: [7]) { _ in ConcatenatedReLU() },
    LayerCase(name: "halves", shape: [6]) { _ in HalvesMaxMin() },
    LayerCase(name: "maximum first", shape: [7]) { _ in PairsMaxMin() },
    LayerCase(name: "householder", shape: [4, 3, 3]) { _ in Householder(4) },
    LayerCase(name: "average", shape: [2, 5, 4]) { _ in ScaledAveragePool2D(2) },
    LayerCase(name: "norm", shape: [2, 6, 4]) { _ in ScaledL2NormPool2D(2) },
    LayerCase(name: "down", shape: [2, 4, 4]) { _ in InvertibleDownsampling(2) },
    LayerCase(name: "up", shape: [8, 2, 2]) { _ in InvertibleUpsampling(2) },
    LayerCase(name: "batch centring", shape: [3, 4, 4]) { _ in BatchCentring(3) },
    LayerCase(name: "layer centring", shape: [3, 4, 4]) { _ in LayerCentring(3) },
    LayerCase(name: "residual", shape: [8]) {
      LipschitzResidual(SpectralLinear(8, 8, using: $0))
    },
  ]

  private static let parametrised: [LayerCase] = [(7, 12), (12, 7)].flatMap { inputs, outputs in
    [
      LayerCase(name: "almost orthogonal \(inputs) to \(outputs)", shape: [inputs]) {
        AlmostOrthogonalLinear(inputs, outputs, using: $0)
      },
      LayerCase(name: "cayley \(inputs) to \(outputs)", shape: [inputs]) {
        CayleyLinear(inputs, outputs, using: $0)
      },
      LayerCase(name: "convex potential \(inputs), \(outputs) units", shape: [inputs]) {
        ConvexPotentialLinear(inputs, units: outputs, using: $0)
      },
      LayerCase(name: "semidefinite \(inputs), \(outputs) units", shape: [inputs]) {
        SemidefiniteLinear(inputs, units: outputs, using: $0)
      },
      LayerCase(
        name: "cayley convolution \(inputs / 3) to \(outputs / 3)", shape: [inputs / 3, 5, 4]
      ) {
        CayleyConv2D(inputs / 3, outputs / 3, kernel: 3, imageSize: [5, 4], using: $0)
      },
    ]
  }

  private static let orthogonal: [LayerCase] = [ConvolutionPadding.zeros, .circular].flatMap {
    mode in
    [1, 3, 5].flatMap { residuals(mode, kernel: $0) }
      + [(3, 1), (3, 2), (2, 2), (4, 2), (5, 3)].flatMap {
        kernels(mode, kernel: $0.0, stride: $0.1)
      }
  }

  private static func residuals(_ mode: ConvolutionPadding, kernel: Int) -> [LayerCase] {
    [
      LayerCase(name: "convex potential, \(mode) kernel \(kernel)", shape: [3, 6, 6]) {
        try ConvexPotentialConv2D(3, units: 4, kernel: kernel, mode: mode, using: $0)
      },
      LayerCase(name: "semidefinite, \(mode) kernel \(kernel)", shape: [3, 6, 6]) {
        try SemidefiniteConv2D(3, units: 4, kernel: kernel, mode: mode, using: $0)
      },
      LayerCase(name: "skew orthogonal, \(mode) kernel \(kernel)", shape: [3, 6, 6]) {
        try SkewOrthogonalConv2D(3, kernel: kernel, mode: mode, using: $0)
      },
    ]
  }

  private static func kernels(
    _ mode: ConvolutionPadding, kernel: Int, stride: Int
  ) -> [LayerCase] {
    let place = "\(mode) kernel \(kernel) stride \(stride)"
    return [
      LayerCase(name: "almost orthogonal, \(place)", shape: [3, 6, 6]) {
        try AlmostOrthogonalConv2D(
          3, 4, kernel: kernel, stride: stride, padding: (kernel - 1) / 2, mode: mode, using: $0)
      },
      LayerCase(name: "orthogonal, \(place)", shape: [3, 6, 6]) {
        try OrthogonalConv2D(
          3, 5, kernel: kernel, stride: stride, padding: (kernel - stride + 1) / 2, mode: mode,
          using: $0)
      },
    ]
  }
}
