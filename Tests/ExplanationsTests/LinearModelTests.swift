import Explanations
import Foundation
import Perturbations
import Testing
import Torch

/// What methods say of a linear model, in closed form.
@Suite("Explanations of a linear model")
struct LinearModelTests {
  /// Weights `[3, 36]` of inputs `[2, 3, 6]`, whose channels come and go together.
  private let weights = Tensor((0..<108).map { sin(1.3 * Double($0) + 0.4) }, shape: [3, 36])
  private let shape = [2, 3, 6]

  private var target: Target {
    let weights = weights
    return Target(classCount: 3) {
      $0.flattened(from: 1).linear(weights, bias: Tensor([0.1, 0.2, 0.3]))
    }
  }

  private var batch: Batch {
    let values = (0..<2 * 36).map { 0.5 + 0.4 * cos(0.9 * Double($0)) }
    return Batch(
      inputs: Tensor(values, shape: [2] + shape), labels: Tensor([2, 0]), indices: [5, 9])
  }

  /// What every feature adds against a baseline of 0.25, `[2, 2, 3, 6]`.
  private var parts: Tensor {
    let rows = Tensor.stacked([weights[2], weights[0]]).reshaped([2] + shape)
    return rows * (batch.inputs - 0.25)
  }

  private var question: Question {
    Question(target, focus: .label, baseline: .constant(0.25))
  }

  private func sums(_ map: Tensor, _ rows: Int, _ columns: Int) -> Tensor {
    map.reshaped([-1, rows, 3 / rows, columns, 6 / columns]).sum(along: 2, 4)
  }

  @Test("integrated gradients are w (x - b), and complete", arguments: Quadrature.allCases)
  func integratedGradients(_ quadrature: Quadrature) throws {
    let result = try IntegratedGradients(steps: 3, quadrature: quadrature).attribute(
      batch, question, context: Context())
    #expect((result.maps - parts).abs().max().item < 1e-12)
    #expect(result.completenessErrors?.allSatisfy { abs($0) < 1e-12 } == true)
    #expect(result.classes == [2, 0])
  }

  @Test("Gauss-Legendre quadrature is exact for polynomials of degree 2 n - 1")
  func quadrature() throws {
    let target = Target(classCount: 1) { $0.pow(7).sum(along: 1, keepingDimensions: true) }
    let batch = Batch(
      inputs: Tensor([0.7, 0.9], shape: [1, 2]), labels: Tensor([1]), indices: [0])
    let result = try IntegratedGradients(steps: 4).attribute(
      batch, Question(target, focus: .classNumber(1)), context: Context())
    #expect((result.maps - batch.inputs.pow(7)).abs().max().item < 1e-12)
  }

  @Test(
    "Shapley values are what groups add",
    arguments: [
      ExactShapley(groups: .grid(rows: 3, columns: 2)) as any Attribution,
      KernelSHAP(samples: 60, groups: .grid(rows: 3, columns: 2)),
      KernelSHAP(samples: 60, groups: .grid(rows: 3, columns: 2), isPaired: false),
      LIME(samples: 60, groups: .grid(rows: 3, columns: 2), penalty: 0),
    ])
  func shapley(_ method: any Attribution) throws {
    let result = try method.attribute(batch, question, context: Context(seed: 3))
    let expected = sums(parts.sum(along: 1), 3, 2)
    #expect((sums(result.maps, 3, 2) - expected).abs().max().item < 1e-9)
    #expect(result.completenessErrors?.allSatisfy { abs($0) < 1e-9 } ?? true)
  }

  @Test("exact Shapley values share an interaction equally")
  func interaction() throws {
    let target = Target(classCount: 1) { inputs in
      (inputs.select(0, along: 1) * inputs.select(1, along: 1) + inputs.select(2, along: 1) * 2)
        .unsqueezed(1)
    }
    let batch = Batch(
      inputs: Tensor([3.0, 4, 5], shape: [1, 3]), labels: Tensor([1]), indices: [0])
    let question = Question(target, focus: .classNumber(1))
    let exact = try ExactShapley(groups: .each).attribute(batch, question, context: Context())
    #expect(largestDifference(exact.maps.values(), [6, 6, 10]) < 1e-12)
    // All 6 coalitions, each as often as the kernel says: 1/2 for both sizes.
    let masks = Tensor([1.0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1], shape: [6, 3])
    let kernel = try KernelSHAP(groups: .each, masks: masks).attribute(
      batch, question, context: Context())
    #expect(largestDifference(kernel.maps.values(), [6, 6, 10]) < 1e-9)
  }

  @Test("Sobol's indices of a linear model")
  func sobol() throws {
    let method = SobolIndices(designs: 256, groups: .grid(rows: 3, columns: 2))
    let result = try method.attribute(batch, question, context: Context())
    let worths = sums(parts.sum(along: 1), 3, 2).reshaped([2, 6])
    let expected = worths.squared() / worths.squared().sum(along: [1], keepingDimensions: true)
    let found = sums(result.maps, 3, 2).reshaped([2, 6]) / 3
    #expect((found - expected).abs().max().item < 0.05)
  }

  @Test("HSIC finds the groups that matter, and agrees with its definition")
  func dependence() throws {
    let masks = Tensor(
      (0..<40 * 6).map { sin(2.7 * Double($0 * $0)) > 0 ? 1.0 : 0 }, shape: [40, 6])
    let result = try HSIC(groups: .grid(rows: 3, columns: 2), masks: masks).attribute(
      batch, question, context: Context())
    let worths = sums(parts.sum(along: 1), 3, 2).reshaped([2, 6])
    let scores = masks.matmul(worths[0])
    let found = sums(result.maps, 3, 2).reshaped([2, 6])[0].values(as: Double.self).map { $0 / 3 }
    let values = scores.values(as: Double.self)
    let distances = (0..<40).flatMap { i in (i + 1..<40).map { abs(values[i] - values[$0]) } }
      .sorted()
    let width = (distances[389] + distances[390]) / 2
    let centring = Tensor.identity(40, dtype: .float64) - 1.0 / 40
    func square(_ values: Tensor) -> Tensor {
      (values.unsqueezed(0) - values.unsqueezed(1)).squared()
    }
    let outputs = (square(scores) * (-1 / (2 * width * width))).exp()
    for group in 0..<6 {
      let inputs = 0.5 - square(masks.select(group, along: 1))
      let expected = centring.matmul(inputs).matmul(centring).matmul(outputs).trace().item / 40
      #expect(abs(found[group] - expected) < 1e-9)
    }
  }

  @Test("RISE with masks that are given is their mean, weighted by scores")
  func rise() throws {
    let masks = Tensor((0..<20 * 18).map { 0.5 + 0.5 * sin(1.1 * Double($0)) }, shape: [20, 3, 6])
    let result = try RISE(normalisation: .expectation, masks: masks).attribute(
      batch, question, context: Context())
    let row = batch.inputs[0..<1]
    let rows = 0.25 + (row - 0.25) * masks.unsqueezed(1)
    let scores = try target.logits(rows).select(2, along: 1)
    let expected = (scores.reshaped([20, 1, 1]) * masks).sum(along: 0) / (0.5 * 20)
    #expect((result.maps[0] - expected).abs().max().item < 1e-12)
  }

  @Test("the deletion curve falls by what is taken away")
  func deletion() throws {
    let result = try IntegratedGradients(steps: 2).attribute(batch, question, context: Context())
    let curves = try DeletionInsertion(.deletion, steps: 18).curves(
      result, batch, question, context: Context())
    for (row, curve) in curves.enumerated() {
      let worths = parts[row].sum(along: 0).values(as: Double.self).sorted(by: >)
      var score = result.scores[row]
      for (step, worth) in worths.enumerated() {
        score -= worth
        #expect(abs(curve.logits[step + 1] - score) < 1e-9)
      }
    }
    let fidelity = try MuFidelity(groups: .each, samples: 50).measure(
      result, of: IntegratedGradients(), batch, question, context: Context())
    #expect(fidelity.allSatisfy { abs($0 - 1) < 1e-12 })
  }

  @Test("nothing is unfaithful or moves in the gradient of a linear model")
  func gradient() throws {
    let saliency = Saliency(isAbsolute: false)
    let result = try saliency.attribute(batch, question, context: Context())
    func values(_ metric: any ExplanationMetric) throws -> [Double] {
      try metric.measure(result, of: saliency, batch, question, context: Context())
    }
    #expect(try values(Infidelity(isScaled: false)).allSatisfy { $0 < 1e-18 })
    #expect(try values(Sensitivity()).allSatisfy { $0 == 0 })
    #expect(try values(Stability()).allSatisfy { $0 < 1e-12 })
  }
}
