import Foundation
import Inversion
import Networks
import Testing
import Torch

@Suite("Defended answers")
struct OutputDefenceTests {
  /// Probabilities of a row as logits.
  private func logits(_ probabilities: [Double]...) -> Tensor {
    Tensor(
      probabilities.flatMap { $0.map(log) }, shape: [probabilities.count, probabilities[0].count])
  }

  private func answers(_ defence: any OutputDefence, _ logits: Tensor) -> [Double] {
    defence.defend(logits.logSoftmax(along: 1)).softmax(along: 1).values(as: Double.self)
  }

  private func isNear(_ values: [Double], _ expected: [Double]) -> Bool {
    values.count == expected.count && zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test("probabilities are rounded, halves upwards, and answered as shares of their sum")
  func rounding() throws {
    let rows = logits([0.66, 0.28, 0.06], [0.95, 0.04, 0.01])
    for slope in OutputSlope.allCases {
      let one = try ProbabilityRounding(decimals: 1, slope: slope)
      let sum = 1.1
      let first = Array(answers(one, rows)[..<3])
      #expect(isNear(first, [0.7 / sum, 0.3 / sum, 0.1 / sum]))
      let two = try ProbabilityRounding(decimals: 2, slope: slope)
      #expect(isNear(answers(two, rows), [0.66, 0.28, 0.06, 0.95, 0.04, 0.01]))
      let none = try ProbabilityRounding(decimals: 0, slope: slope)
      #expect(isNear(answers(none, rows), [1, 0, 0, 1, 0, 0]))
      // Nobody has half: nothing is told.
      #expect(isNear(answers(none, logits([0.4, 0.3, 0.3])), [1 / 3.0, 1 / 3.0, 1 / 3.0]))
    }
  }

  @Test("the largest probabilities are told as shares of their sum, the others not at all")
  func truncation() throws {
    let rows = logits([0.5, 0.3, 0.2], [0.1, 0.1, 0.8])
    for slope in OutputSlope.allCases {
      let two = try TopTruncation(count: 2, slope: slope)
      let second = [0.1 / 0.9, 0, 0.8 / 0.9]
      #expect(isNear(answers(two, rows), [0.625, 0.375, 0] + second))
      let label = try TopTruncation(count: 1, slope: slope)
      #expect(isNear(answers(label, rows), [1, 0, 0, 0, 0, 1]))
      let all = try TopTruncation(count: 3, slope: slope)
      #expect(isNear(answers(all, rows), [0.5, 0.3, 0.2, 0.1, 0.1, 0.8]))
    }
  }

  @Test("a label says nothing of how sure the classifier is")
  func label() throws {
    let label = try TopTruncation(count: 1)
    let sure = label.defend(logits([0.98, 0.01, 0.01]).logSoftmax(along: 1))
    let unsure = label.defend(logits([0.4, 0.35, 0.25]).logSoftmax(along: 1))
    #expect((sure - unsure).abs().max().item < 1e-12)
  }

  @Test(
    "straight through, gradients are those without the defence; exact ones are zero or of what is told"
  )
  func gradients() throws {
    let point = logits([0.5, 0.3, 0.2])
    func slope(_ defence: (any OutputDefence)?) -> [Double] {
      valueAndGradient(at: point) { logits in
        let plain = logits.logSoftmax(along: 1)
        return (defence?.defend(plain) ?? plain).select(0, along: 1).sum()
      }.gradient.values(as: Double.self)
    }
    let plain = slope(nil)
    #expect(isNear(plain, [0.5, -0.3, -0.2]))
    for defence: any OutputDefence in [
      try ProbabilityRounding(decimals: 1), try TopTruncation(count: 1),
      try TopTruncation(count: 2),
    ] {
      #expect(isNear(slope(defence), plain), "\(defence.name)")
    }
    #expect(isNear(slope(try ProbabilityRounding(decimals: 1, slope: .exact)), [0, 0, 0]))
    #expect(isNear(slope(try TopTruncation(count: 1, slope: .exact)), [0, 0, 0]))
    #expect(isNear(slope(try TopTruncation(count: 2, slope: .exact)), [0.375, -0.375, 0]))
  }

  @Test("a defended classifier is the same model with other answers, one defence after the other")
  func classifier() throws {
    let network = FrozenNetwork(
      MLP(widths: [4, 8, 5], using: Generator(seed: 1, purpose: "weights")), inputShape: [4],
      classCount: 5)
    let inputs = Tensor.normal([6, 4], using: Generator(seed: 2, purpose: "inputs"))
    let defended = try DefendedClassifier(
      network, defences: [try TopTruncation(count: 2), try ProbabilityRounding(decimals: 1)])
    let logits = try defended.logits(inputs)
    #expect(logits.argmax(along: 1).isIdentical(to: try network.logits(inputs).argmax(along: 1)))
    let probabilities = logits.softmax(along: 1)
    #expect((probabilities * 10 - (probabilities * 10).rounded()).abs().max().item < 1e-5)
    #expect(try #require(try defended.state()).keys == network.state()?.keys)
    #expect(
      try DefendedClassifier(network, defences: []).logits(inputs).argmax(along: 1)
        .isIdentical(to: logits.argmax(along: 1)))
  }

  @Test("settings that cannot be are refused")
  func refusals() throws {
    for decimals in [-1, 9] {
      #expect(throws: InversionError.self) { try ProbabilityRounding(decimals: decimals) }
    }
    #expect(throws: InversionError.self) { try TopTruncation(count: 0) }
    let network = FrozenNetwork(
      MLP(widths: [4, 3], using: Generator(seed: 1, purpose: "weights")), inputShape: [4],
      classCount: 3)
    #expect(
      throws: InversionError.setting(
        name: "classes told", value: "4", allowed: "at most the 3 classes")
    ) { try DefendedClassifier(network, defences: [TopTruncation(count: 4)]) }
  }
}
