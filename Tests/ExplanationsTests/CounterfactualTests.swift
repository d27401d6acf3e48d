import Explanations
import Foundation
import Perturbations
import Testing
import Torch

@Suite("Counterfactuals along the gradient")
struct CounterfactualTests {
  @Test("for a linear model multiple 1 is the nearest point of the boundary")
  func linear() throws {
    let weights = Tensor([1.0, 2, -1, 0.5, -0.5, 1], shape: [3, 2])
    let target = Target(classCount: 3) { $0.linear(weights) }
    let batch = Batch(
      inputs: Tensor([0.3, 0.9, -0.8, 0.1], shape: [2, 2]), labels: Tensor([0, 0]), indices: [0, 1])
    let found = try TransportCounterfactual(multiples: [0.5, 1, 2]).find(
      batch, on: target, context: Context(workers: 2))
    for row in 0..<2 {
      let difference = weights[found.from[row]] - weights[found.to[row]]
      let length = difference.norm().item
      #expect(abs(found.slopes[row] - length) < 1e-12)
      #expect(abs(found.lengths[row] - found.margins[row] / length) < 1e-12)
      #expect(found.residuals(at: 1)[row] < 1e-12)
      #expect(abs(found.residuals(at: 0)[row] - 0.5) < 1e-12)
      #expect(found.path[2].predicted[row] != found.from[row])
      let moved = (found.path[1].points[row] - batch.inputs[row]).norm().item
      #expect(abs(moved - found.lengths[row]) < 1e-12)
    }
    #expect(found.flipped(at: 0) == [false, false])
    #expect(found.flipped(at: 2) == [true, true])
  }

  // The distance to a sphere is 1-Lipschitz and its gradient points along the transport: the toy of
  // propositions 1 and 2.
  @Test("for a signed distance the residual is nothing, also with one output")
  func distance() throws {
    let target = Target(classCount: 1) { 1 - $0.norm(along: [1], keepingDimensions: true) }
    let values = (0..<20).flatMap { number -> [Double] in
      let angle = 0.7 * Double(number)
      let radius = 0.3 + 0.07 * Double(number)
      return [radius * cos(angle), radius * sin(angle)]
    }
    let batch = Batch(
      inputs: Tensor(values, shape: [20, 2]), labels: Tensor(Array(repeating: 0, count: 20)),
      indices: Array(0..<20))
    let found = try TransportCounterfactual(multiples: [1, 1.01]).find(
      batch, on: target, context: Context(), batchCap: 7)
    #expect(found.slopes.allSatisfy { abs($0 - 1) < 1e-9 })
    #expect(found.residuals(at: 0).allSatisfy { $0.isNaN || $0 < 1e-9 })
    #expect(found.flipped(at: 1).filter { $0 }.count >= 19)
    let other = Target(classCount: 1) { (1 - $0.norm(along: [1], keepingDimensions: true)) * 3 }
    let steeper = try TransportCounterfactual(multiples: [1]).find(
      batch, on: other, context: Context())
    #expect(largestDifference(steeper.lengths, found.lengths) < 1e-9)
  }

  @Test("the box is reported apart, and a class that is there needs no way")
  func box() throws {
    let target = Target(classCount: 2) { inputs in
      Tensor.stacked([inputs.sum(along: 1), inputs.sum(along: 1) * -1 + 2], along: 1)
    }
    let batch = Batch(
      inputs: Tensor([0.9, 0.95], shape: [1, 2]), labels: Tensor([0]), indices: [0])
    func found(_ box: ClosedRange<Double>) throws -> CounterfactualResult {
      try TransportCounterfactual(multiples: [3], box: box).find(
        batch, on: target, context: Context())
    }
    let points = try found(0.3...1).path[0].points.values(as: Double.self)
    #expect(largestDifference(points, [0.9 - 1.275, 0.95 - 1.275]) < 1e-12)
    #expect(try found(0.3...1).flipped(at: 0) == [true])
    #expect(try found(0.3...1).flipped(at: 0, boxed: true) == [true])
    #expect(try found(0.8...1).flipped(at: 0, boxed: true) == [false])
    #expect(abs(try found(0.8...1).residuals(at: 0, boxed: true)[0] - 1.2 / 1.7) < 1e-12)
    #expect(abs(try found(0.8...1).residuals(at: 0)[0] - 2) < 1e-12)
    let there = try TransportCounterfactual(multiples: [1], goal: .classNumber(0)).find(
      batch, on: target, context: Context())
    #expect(there.margins == [0] && there.residuals(at: 0)[0].isNaN)
    #expect(there.path[0].points.isIdentical(to: batch.inputs))
    #expect(throws: ExplanationError.self) {
      try TransportCounterfactual(goal: .classNumber(2)).find(
        batch, on: target, context: Context())
    }
    #expect(throws: ExplanationError.self) {
      try TransportCounterfactual(multiples: []).find(batch, on: target, context: Context())
    }
  }
}
