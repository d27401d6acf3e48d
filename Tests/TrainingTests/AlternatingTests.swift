import Foundation
import Networks
import Testing
import Torch

@testable import Training

@Suite("Terms that take turns")
struct AlternatingTests {
  /// Counts how often it is computed, and at which steps.
  private final class CountingTerm: Term {
    let name: String
    let isBoundedBelowByZero = true
    var steps: [Int] = []

    init(_ name: String) { self.name = name }

    func value(in step: StepContext) -> Tensor {
      steps.append(step.step)
      return step.logits.squared().mean()
    }
  }

  @Test("a term is computed at its steps alone, gradient norms included")
  func turns() throws {
    let (labelled, other, rare) = (
      CountingTerm("labelled"), CountingTerm("other"), CountingTerm("rare")
    )
    let objective = Objective {
      labelled.weighted(.alternating(.constant(1), every: 2, offset: 0))
      other.weighted(.alternating(.constant(2), every: 2, offset: 1))
      rare.weighted(.alternating(.twoStage(first: 0, second: 1, at: 0.5), every: 3, offset: 2))
    }
    let run = try ToyRun()
    defer { run.remove() }
    _ = try run.trainer(ToyRun.network(), objective: objective) { $0.gradientNormEvery = 4 }.run()
    // At the steps 0, 4 and 8 gradients are measured, which computes a term once more.
    #expect(labelled.steps == [0, 0, 2, 4, 4, 6, 8, 8, 10])
    #expect(other.steps == [1, 3, 5, 7, 9, 11])
    #expect(rare.steps == [8, 8, 11])
    let log = try Trainer.metrics(in: run.folder)
    let weights = log.map { row in row.values.first { $0.name == "other.weight" }?.value }
    #expect(weights == (0..<12).map { $0 % 2 == 0 ? 0 : 2 })
  }

  @Test("turns of one step each are the same as two runs' steps, one after the other")
  func equalsSteps() throws {
    // w ← w - η w for the one term and w ← w - η for the other: steps that can be counted by hand.
    let model = Weights([1])
    let square = WeightTerm { $0.weight.squared().sum() * 0.5 }
    let linear = WeightTerm { $0.weight.sum() }
    _ = try ToyRun.end(
      model, steps: 3,
      objective: Objective {
        square.weighted(.alternating(.constant(1), every: 2, offset: 0))
        linear.weighted(.alternating(.constant(1), every: 2, offset: 1))
      }
    ) { $0.optimiser = OptimiserSettings(rule: .sgd, momentum: 0) }
    #expect(abs(model.weight.item - ((1 - 0.1) - 0.1) * 0.9) < 1e-12)
  }

  @Test("recipes say turns in any schedule, and what is written reads back")
  func codable() throws {
    func read(_ text: String) throws -> Schedule {
      try JSONDecoder().decode(Schedule.self, from: Data(text.utf8))
    }
    let cases: [(String, Schedule)] = [
      (#"{"every": 2, "offset": 1}"#, .alternating(.constant(1), every: 2, offset: 1)),
      (#"{"every": 3, "to": 0.5}"#, .alternating(.constant(0.5), every: 3, offset: 0)),
      (
        #"{"shape": "linear", "to": 2, "over": 0.5, "every": 4}"#,
        .alternating(.linear(to: 2, over: 0.5), every: 4, offset: 0)
      ),
      (#"{"shape": "constant", "to": 3}"#, .constant(3)),
    ]
    for (text, schedule) in cases {
      #expect(try read(text) == schedule)
      let written = try JSONEncoder().encode([schedule])
      #expect(try JSONDecoder().decode([Schedule].self, from: written) == [schedule])
    }
    #expect(throws: (any Error).self) { try read(#"{"to": 1}"#) }
    for (every, offset) in [(0, 0), (2, 2), (2, -1)] {
      #expect(throws: TrainingError.self) {
        try Schedule.alternating(.constant(1), every: every, offset: offset).validate(of: "vat")
      }
    }
  }
}
