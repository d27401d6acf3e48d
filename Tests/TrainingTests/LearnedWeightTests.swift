import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Weights that are learned")
struct LearnedWeightTests {
  private struct Constant: Term {
    let name: String
    let constant: Double
    let isBoundedBelowByZero = true
    func value(in step: StepContext) -> Tensor { Tensor(Float(constant)) }
  }

  /// The log of a run of constant terms, by column.
  private func run(
    _ values: [(String, Double, LearnedWeight?)], steps: Int, rate: Double
  ) throws -> [String: [Double]] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weights-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let terms = try values.map { name, value, weight in
      let term = Constant(name: name, constant: value)
      return try weight.map { try term.learnedWeight($0) } ?? term.weighted(1)
    }
    let data = try Dataset(
      name: "points", inputs: .zeros([4, 2]), labels: Tensor([0, 1, 0, 1]), classNames: ["a", "b"])
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize, settings.checkpointEvery) = (steps, 4, steps)
    settings.learningRate = LearningRate(rate)
    let model = Sequential { Linear(2, 2, using: Generator(seed: 1, purpose: "weights")) }
    _ = try Trainer(
      model: model, objective: Objective(terms), training: data, evaluation: nil,
      settings: settings, context: Context(seed: 1), folder: folder, identity: "run"
    ).run()
    let text = try String(contentsOf: folder.appending(path: "metrics.csv"), encoding: .utf8)
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let columns = lines[0].enumerated().map { place, name in
      (String(name), lines.dropFirst().compactMap { Double($0[place]) })
    }
    return Dictionary(uniqueKeysWithValues: columns)
  }

  @Test("every s is logged beside its weight, starts at zero and moves at a tenth of the rate")
  func logged() throws {
    let log = try run(
      [("one", 9, LearnedWeight()), ("two", 0.01, LearnedWeight()), ("three", 1, nil)], steps: 5,
      rate: 0.1)
    let first = try #require(log["one.log_variance"])
    let second = try #require(log["two.log_variance"])
    #expect(first.count == 5 && first[0] == 0 && second[0] == 0)
    #expect(log["three.log_variance"] == nil)
    // Adam's first step is as long as the rate is.
    #expect(abs(first[1] - 0.01) < 1e-6 && abs(second[1] + 0.01) < 1e-6)
    for (s, weight) in zip(first, try #require(log["one.weight"])) {
      #expect(abs(weight - 0.5 * exp(-s)) < 1e-6)
    }
  }

  @Test("s stays in its range")
  func clamped() throws {
    let bounded = try LearnedWeight(range: -0.5...0.5, rate: 1)
    let log = try run([("one", 100, bounded)], steps: 40, rate: 0.1)
    #expect(log["one.log_variance"]?.last == 0.5 && bounded.logVariance == 0.5)
    #expect(throws: TrainingError.self) { try LearnedWeight(start: 5) }
    #expect(throws: TrainingError.self) { try LearnedWeight(rate: 0) }
    #expect(throws: TrainingError.self) { try LearnedWeight(range: 0...Double.infinity) }
  }

  @Test("what is minimised is the sum of halves of logarithms: units do not matter")
  func units() throws {
    for loss in [0.2, 1, 7.0] {
      let best = try LearnedWeight(start: log(loss))
      let value = best.weighted(Tensor([loss])).item
      #expect(abs(value - 0.5 * (1 + log(loss))) < 1e-6)
      // The slope in the loss is ½ / L: proportional to one over the loss.
      #expect(abs(best.value * loss - 0.5) < 1e-6)
    }
  }
}
