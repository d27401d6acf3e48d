import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Margins that are learned, and a loss that remembers")
struct LearnedMarginTests {
  /// 200 scores of the right sign and size, from a normal distribution.
  private static let scores: [Double] = {
    var stream = RandomStream(seed: 3, purpose: "scores")
    return (0..<200).map { _ in 1 + 0.5 * stream.normal() }
  }()

  /// The loss as a function of the margin, with the sign of the formula or of its misprint.
  private static func loss(margin: Double, alpha: Double, sign: Double) throws -> Double {
    let outputs = FixedOutputs(scores.map { [$0] })
    let term = try LearnableMarginHKR(alpha: alpha, lambda: 10, start: margin)
    let value = try outputs.value(term, scores.map { _ in 1 }).value
    return sign < 0 ? value : value + 2 * 10 * alpha * margin
  }

  private static func best(alpha: Double, sign: Double) throws -> Double {
    let grid = (1...400).map { Double($0) * 0.005 }
    let losses = try grid.map { try loss(margin: $0, alpha: alpha, sign: sign) }
    let least = losses.min() ?? 0
    return grid[losses.firstIndex(of: least) ?? 0]
  }

  @Test("the best margin is the quantile; with the misprinted sign it is zero")
  func quantile() throws {
    let sorted = Self.scores.sorted()
    for alpha in [0.1, 0.25, 0.5] {
      let best = try Self.best(alpha: alpha, sign: -1)
      let place = Int(alpha * 200)
      #expect(best > sorted[place - 2] - 0.005 && best < sorted[place + 1] + 0.005, "\(best)")
      #expect(try Self.best(alpha: alpha, sign: 1) == 0.005)
    }
  }

  @Test("the optimiser moves margins, and a run goes on with them from a checkpoint")
  func training() throws {
    let term = try LearnableMarginHKR(alpha: 0.1)
    #expect(abs(term.margins[0] - 0.1) < 1e-6)
    let run = try ToyRun()
    defer { run.remove() }
    let trainer = try run.trainer(
      ToyRun.network(), objective: Objective { term.weighted(1) }, change: { $0.clipNorm = 1 })
    _ = try trainer.run()
    #expect(term.margins.count == 1 && abs(term.margins[0] - 0.1) > 1e-3)
    let resumed = try LearnableMarginHKR(alpha: 0.1)
    let again = try run.trainer(
      ToyRun.network(), steps: 13, objective: Objective { resumed.weighted(1) },
      change: { $0.clipNorm = 1 })
    _ = try again.run()
    let whole = try LearnableMarginHKR(alpha: 0.1)
    _ = try ToyRun.end(
      ToyRun.network(), steps: 13, objective: Objective { whole.weighted(1) }
    ) { $0.clipNorm = 1 }
    #expect(resumed.margins == whole.margins && resumed.margins != term.margins)
  }

  @Test("several classes have a margin each, whose best values are quantiles of the lead")
  func classes() throws {
    let term = try LearnableMarginHKR(alpha: 0.25, lambda: 1, start: 0.5)
    let data = try ToyRun.data()
    term.prepare(for: data)
    #expect(term.margins.count == 1)
    // Leads of class 0 and 1 by hand: ½ f_y - ½ Σ softmax f of the other two.
    func lead(_ own: Double, _ others: [Double]) -> Double {
      let sum = others.reduce(0) { $0 + exp($1) }
      return 0.5 * own - 0.5 * others.reduce(0) { $0 + $1 * exp($1) / sum }
    }
    let rows = [[1.5, -0.5, 0.2], [0.1, 0.9, -1.2], [0.3, 2.0, 0.1]]
    let labels = [0, 1, 1]
    let leads = [lead(1.5, [-0.5, 0.2]), lead(0.9, [0.1, -1.2]), lead(2.0, [0.3, 0.1])]
    let hinge = leads.reduce(0) { $0 + max(0, 0.5 - $1) } / 3
    let outputs = FixedOutputs(rows)
    let transport = -(try outputs.value(KantorovichRubinstein(), labels).value)
    let three = try LearnableMarginHKR(alpha: 0.25, lambda: 2, start: 0.5)
    three.prepare(for: try Self.threeClasses())
    #expect(three.margins.count == 3)
    let value = try outputs.value(three, labels).value
    #expect(abs(value - (2 * (hinge - 0.25 * 0.5) - transport)) < 1e-6)
  }

  private static func threeClasses() throws -> Dataset {
    try Dataset(
      name: "three", inputs: .zeros([3, 1]), labels: Tensor([0, 1, 2]),
      classNames: ["a", "b", "c"], range: Dataset.unbounded)
  }

  @Test("the average of soft hKR moves once a step, whoever asks how often, and is saved")
  func average() throws {
    let weights = try HingeRegularisation(alpha: 0.9, minMargin: 1)
    let term = SoftHKR(weights)
    let outputs = FixedOutputs([[1.5, -0.5, 0.2], [0.1, 0.9, -1.2]])
    let mean = (1.5 + 0.5 + 0.2 + 0.1 + 0.9 + 1.2) / 6
    for number in 0..<3 {
      let step = outputs.step([0, 1], number: number)
      let values = (0..<3).map { _ in term.value(in: step).item }
      #expect(Set(values).count == 1)
      term.didUpdate(after: step)
    }
    let expected = 0.99 * 0.99 * 0.99 * (1 - mean) + mean
    #expect(abs((term.state["mean"]?.item ?? 0) - expected) < 1e-12)
    let other = SoftHKR(weights)
    other.state = term.state
    let step = outputs.step([0, 1], number: 3)
    #expect(other.value(in: step).item == term.value(in: step).item)
    // A step in which it does not count leaves it alone.
    term.didUpdate(after: outputs.step([0, 1], number: 4))
    #expect(abs((term.state["mean"]?.item ?? 0) - expected) < 1e-12)
  }

  @Test("two classes have the hKR of one function in LSE's place")
  func pairs() throws {
    let outputs = FixedOutputs([[1.5, -0.5], [0.1, 0.9]])
    let hkr = try outputs.value(TermRegistry.term("hkr"), [0, 1]).value
    #expect(try outputs.value(TermRegistry.term("lse-hkr"), [0, 1]).value == hkr)
  }
}
