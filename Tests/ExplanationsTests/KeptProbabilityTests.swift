import Explanations
import Foundation
import Perturbations
import Testing
import Torch

/// Average drop, increase and gain of a model of closed form: the probability of class 1 is the sigmoid of
/// the sum of all pixels.
@Suite("What is left of the probability where only the map is kept")
struct KeptProbabilityTests {
  private let target = Target(classCount: 2) { inputs in
    let sum = inputs.flattened(from: 1).sum(along: 1).unsqueezed(1)
    return .concatenated([Tensor.zeros(like: sum), sum], along: 1)
  }
  private let inputs = [1.0, -2, 0.5, 3]

  /// The three numbers of a map that is already on [0, 1] or not.
  private func measure(_ map: [Double]) throws -> [Double] {
    let batch = Batch(
      inputs: Tensor(inputs, shape: [1, 1, 2, 2]), labels: Tensor([1]), indices: [0])
    let result = AttributionResult(
      method: "by hand", indices: [0], classes: [1], scores: [0],
      maps: Tensor(map, shape: [1, 2, 2]))
    let metrics: [any ExplanationMetric] = [AverageDrop(), AverageIncrease(), AverageGain()]
    return try metrics.flatMap {
      try $0.measure(
        result, of: Saliency(), batch, Question(target, focus: .label), context: Context())
    }
  }

  private func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }

  @Test("a map that leaves out what speaks against the class gains")
  func gains() throws {
    let (before, after) = (sigmoid(2.5), sigmoid(1 + 0.25 + 3))
    let found = try measure([1, 0, 0.5, 1])
    let expected = [0, 1, (after - before) / (1 - before)]
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("a map that leaves out what speaks for it drops, on any scale")
  func drops() throws {
    let (before, after) = (sigmoid(2.5), sigmoid(-2 + 0.5 * 0.25))
    for factor in [1.0, 20] {
      let found = try measure([0, 1, 0.25, 0].map { $0 * factor - 3 })
      let expected = [(before - after) / before, 0, 0]
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test("a constant map keeps nothing")
  func constant() throws {
    let found = try measure([2, 2, 2, 2])
    #expect(abs(found[0] - (sigmoid(2.5) - 0.5) / sigmoid(2.5)) < 1e-12)
    #expect(found[1] == 0 && found[2] == 0)
  }
}
