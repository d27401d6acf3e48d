import Foundation
import Networks
import Testing
import Torch

@testable import Training

@Suite("Label smoothing below zero")
struct NegativeSmoothingTests {
  private let model = Laboratory.network([5, 4])
  private let inputs = Laboratory.normal([3, 5], seed: 2)

  private func value(_ amount: Double) throws -> Double {
    let term = try TermRegistry.term(
      "cross-entropy", options: ["labelSmoothing": .number(amount)])
    return try term.value(in: Laboratory.step(model, inputs, classes: 4)).item
  }

  @Test("it is (1 - α) NLL + α mean_j (-log p_j), on both sides of zero")
  func closedForm() throws {
    let rows = model(inputs).logSoftmax(along: 1).values(as: Double.self)
    let labels = Laboratory.step(model, inputs, classes: 4).batch.labels.values(as: Int.self)
    for amount in [-0.5, -0.05, 0, 0.1] {
      let expected =
        (0..<3).map { row -> Double in
          let own = -rows[4 * row + labels[row]]
          let mean = -rows[(4 * row)..<(4 * row + 4)].reduce(0, +) / 4
          return (1 - amount) * own + amount * mean
        }.reduce(0, +) / 3
      #expect(abs(try value(amount) - expected) < 1e-12, "\(amount)")
    }
  }

  @Test("a negative amount pushes wrong classes below what their probability alone asks for")
  func gradient() throws {
    let logits = Tensor([2, 0, -1, 0.5], shape: [1, 4]).to(.float64).variable()
    let plain = gradients(of: logits.crossEntropy(Tensor([0])), withRespectTo: [logits])[0]
    let term = CrossEntropy(labelSmoothing: -0.2)
    let step = Laboratory.step(Fixed(logits), Tensor.zeros([1, 1]).to(.float64), classes: 1)
    let smoothed = gradients(of: term.value(in: step), withRespectTo: [logits])[0]
    // p - 1_y (1 - α) - α / K: α less of the own class, α / K less of every class.
    let shift = (smoothed - plain).values(as: Double.self)
    for (place, expected) in zip(shift, [-0.2 + 0.05, 0.05, 0.05, 0.05]) {
      #expect(abs(place - expected) < 1e-12)
    }
  }

  /// Logits whatever the input.
  private final class Fixed: Layer {
    private let logits: Tensor
    init(_ logits: Tensor) { self.logits = logits }
    func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { logits }
    var scriptSource: String { "return x" }
  }

  @Test("the schedule has nothing before half of the run, all from three quarters, and no jump")
  func schedule() {
    let ramp = SmoothingRamp.halfway(to: -0.05)
    let amounts = (0..<100).map { ramp.value(at: $0, of: 100) }
    #expect(amounts[..<50].allSatisfy { $0 == 0 } && amounts[75...].allSatisfy { $0 == -0.05 })
    #expect(abs(amounts[60] + 0.02) < 1e-12)
    // The published ramp is 0.48 of its end at epoch 74; a step of this one is 0.04 of it.
    let steps = zip(amounts.dropFirst(), amounts).map { $1 - $0 }
    #expect(abs((steps.max() ?? 1) - 0.002) < 1e-12)
  }

  @Test("recipes give it its schedule, its weight cannot be learned, and bad amounts are refused")
  func recipes() throws {
    let options: [String: SettingValue] = [
      "labelSmoothing": -0.05, "smoothingStart": 0.5, "smoothingFull": 0.75,
    ]
    let term = try #require(
      try TermRegistry.term("cross-entropy", options: options) as? CrossEntropy)
    #expect(term.smoothing == .halfway(to: -0.05))
    #expect(throws: TrainingError.unboundedTerm("cross-entropy")) { try term.learnedWeight() }
    _ = try CrossEntropy(labelSmoothing: 0.1).learnedWeight()
    for options: [String: SettingValue] in [
      ["labelSmoothing": -1], ["labelSmoothing": 1],
      ["smoothingStart": 0.5, "smoothingFull": 0.4],
    ] {
      #expect(throws: TrainingError.self) {
        try TermRegistry.term("cross-entropy", options: options)
      }
    }
  }
}
