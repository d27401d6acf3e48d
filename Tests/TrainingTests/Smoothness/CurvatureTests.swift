import Foundation
import Networks
import Perturbations
import Testing
import Torch

@testable import Training

/// Rows G1 to G4: penalties on curvature.
@Suite("Curvature penalties")
struct CurvatureTests {
  private let model = Laboratory.network([6, 8, 4])
  private let row = Laboratory.normal([1, 6], seed: 2)

  private func value(_ term: OutputGradientPenalty) throws -> Double {
    try term.value(in: Laboratory.step(model, row, classes: 4)).item
  }

  @Test("three forms of the Gauss-Newton trace are one, and so are two of its product")
  func gaussNewton() throws {
    let jacobian = Laboratory.jacobian(model, at: row)
    let p = model(row).softmax(along: 1)[0]
    let inner = p.diagonalMatrix() - p.outer(p)
    let matrix = jacobian.transposed().matmul(inner).matmul(jacobian)
    let slopes = inner.matmul(jacobian)  // the gradients of the probabilities
    let fisher = (slopes.squared().sum(along: 1) / p).sum().item
    var term = OutputGradientPenalty()
    term.samples = 0
    #expect(abs(try value(term) - matrix.trace().item) < 1e-10)
    #expect(abs(fisher - matrix.trace().item) < 1e-10)
    let clean = model(row).detached()
    let direction = Laboratory.normal([1, 6], seed: 5)
    let product = VirtualAdversarialDirection(probe: .exact)
      .product(with: direction, at: row, clean: clean) { model($0) }
    let expected = matrix.matmul(direction[0])
    #expect(Laboratory.largestDifference(product[0], expected) < 1e-10)
  }

  @Test("Hutchinson's method is exact over all signs, for all weights")
  func hutchinson() throws {
    for weights in OutputGradientPenalty.Weights.allCases {
      var term = OutputGradientPenalty()
      term.weights = weights
      let corners = Laboratory.corners(4)
      let lengths = (0..<16).map { corner -> Double in
        let variable = row.variable()
        let scalar = (term.weighted(model(variable)) * corners[corner]).sum()
        return gradient(of: scalar, withRespectTo: variable).squared().sum().item
      }
      term.samples = 0
      #expect(abs(lengths.reduce(0, +) / 16 - (try value(term))) < 1e-10, "\(weights)")
    }
  }

  @Test("the variance of the estimate is that of its random numbers")
  func variance() throws {
    let count = 400_000
    let jacobian = Laboratory.jacobian(model, at: row)
    let a = jacobian.matmul(jacobian.transposed())
    let kurtoses: [OutputGradientPenalty.Noise: Double] = [
      .rademacher: 1, .uniform: 1.8, .gaussian: 3,
    ]
    let step = Laboratory.step(model, row, classes: 4)
    for noise in OutputGradientPenalty.Noise.allCases {
      var term = OutputGradientPenalty()
      term.noise = noise
      let draws = term.draws(4, like: row, step, Array(0..<count))[0]
      let estimates = (draws.matmul(a) * draws).sum(along: 1)
      let expected =
        2 * a.squared().sum().item + ((kurtoses[noise] ?? 0) - 3)
        * a.diagonal().squared().sum().item
      #expect(abs(estimates.variance(along: [0]).item / expected - 1) < 0.02, "\(noise)")
      #expect(abs(estimates.mean().item / a.trace().item - 1) < 0.01)
    }
  }

  @Test("the input gradient of softmax regression in closed form, and its slope in the weights")
  func inputGradient() throws {
    let linear = Laboratory.network([5, 3])
    let inputs = Laboratory.normal([4, 5], seed: 2)
    let step = Laboratory.step(linear, inputs, classes: 3)
    let value = try InputGradientPenalty().value(in: step)
    let parameter = linear.parameters[0]
    let residual =
      linear(inputs).softmax(along: 1)
      - step.batch.labels.oneHot(classCount: 3).to(.float64)
    let closed = residual.matmul(parameter.value).squared().sum(along: 1).mean()
    #expect(abs(value.item - closed.item) < 1e-12)
    let slope = gradient(of: value, withRespectTo: parameter.value)
    let center = parameter.value.detached()
    for (i, j) in [(0, 0), (1, 3), (2, 4)] {
      let difference = try [1e-5, -1e-5].map { h -> Double in
        var entries = center.values(as: Double.self)
        entries[i * 5 + j] += h
        parameter.replace(with: Tensor(entries, shape: center.shape))
        return try InputGradientPenalty().value(
          in: Laboratory.step(linear, inputs, classes: 3)
        ).item
      }
      parameter.replace(with: center)
      #expect(abs((difference[0] - difference[1]) / 2e-5 - slope[i][j].item) < 1e-7)
    }
  }

  @Test("the Laplacian of a piecewise linear network is its Gauss-Newton trace")
  func laplacian() throws {
    let network = Laboratory.network([6, 8, 4], { .relu() })
    let hessian = Laboratory.hessian(at: row) { network($0).crossEntropy(Tensor([0])) }
    var trace = OutputGradientPenalty()
    trace.samples = 0
    let step = Laboratory.step(network, row, classes: 4)
    let gaussNewton = try trace.value(in: step).item
    #expect(abs(hessian.trace().item - gaussNewton) < 1e-10)
    var term = LaplacianPenalty()
    term.samples = 3000
    #expect(abs(try term.value(in: step).item / gaussNewton - 1) < 0.1)
  }

  @Test("the spectral penalty is half the sum of the squared largest singular values")
  func spectral() throws {
    let term = SpectralPenalty()
    for number in 0..<300 {
      term.didUpdate(after: Laboratory.step(model, row, classes: 4, at: number))
    }
    let largest = [0, 2].map { model.parameters[$0].value.detached().svd().singularValues[0].item }
    let expected = largest.map { $0 * $0 / 2 }.reduce(0, +)
    let value = try term.value(in: Laboratory.step(model, row, classes: 4))
    #expect(abs(value.item - expected) < 1e-8)
    // The slope of a singular value is the product of its vectors.
    let slope = gradient(of: value, withRespectTo: model.parameters[0].value)
    let (u, s, v) = model.parameters[0].value.detached().svd()
    let outer = u.select(0, along: 1).outer(v[0]) * s[0].item
    #expect(Laboratory.largestDifference(slope, outer) < 1e-4)
  }
}
