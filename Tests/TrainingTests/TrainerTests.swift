import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Trainer")
struct TrainerTests {
  private func folder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "trainer-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  private func data() throws -> Dataset {
    let generator = Generator(seed: 5, purpose: "data")
    let inputs = Tensor.normal([120, 6], using: generator)
    let labels = inputs.select(0, along: 1).greater(than: 0).to(.int64)
    return try Dataset(
      name: "toy", inputs: inputs, labels: labels, classNames: ["no", "yes"],
      range: Dataset.unbounded)
  }

  private func network() -> any Layer {
    let generator = Generator(seed: 6, purpose: "weights")
    return Sequential {
      Linear(6, 16, using: generator)
      BatchNorm(16)
      Activation.relu()
      Dropout(0.2)
      Linear(16, 2, using: generator)
    }
  }

  private func trainer(
    _ model: any Layer, in folder: URL, steps: Int = 40, identity: String = "toy",
    stop: StopSignal = StopSignal(), objective: Objective? = nil,
    change: (inout TrainerSettings) -> Void = { _ in }
  ) throws -> Trainer {
    var settings = TrainerSettings()
    settings.steps = steps
    settings.batchSize = 25
    settings.checkpointEvery = 7
    settings.emaDecay = 0.9
    settings.gradientNormEvery = 5
    settings.learningRate = LearningRate(0.01, shape: .cosine)
    change(&settings)
    let data = try data()
    return try Trainer(
      model: model,
      objective: objective
        ?? Objective {
          CrossEntropy()
          WeightPenalty().weighted(.linear(to: 0.01, over: 0.5))
        }, training: data, evaluation: data, settings: settings, context: Context(seed: 1),
      folder: folder, identity: identity, isStopRequested: { stop.isRequested })
  }

  @Test(
    "a run that is stopped and resumed ends with the same bytes as one that was not",
    arguments: [1, 13, 14, 29])
  func resume(_ stopAfter: Int) throws {
    let straight = try folder()
    let broken = try folder()
    defer { for url in [straight, broken] { try? FileManager.default.removeItem(at: url) } }
    let model = network()
    #expect(try trainer(model, in: straight).run() == .finished)

    struct Killed: Error {}
    let stop = StopSignal()
    let first = try trainer(network(), in: broken, stop: stop)
    #expect(try first.run { if $0.step == stopAfter { stop.request() } } == .interrupted)
    let second = network()
    #expect(try trainer(second, in: broken).run() == .finished)
    #expect(
      model.state().allSatisfy { second.state()[$0.key]?.isIdentical(to: $0.value) == true })
    for file in ["metrics.csv", "checkpoint-000000040.safetensors", "checkpoint-000000040.json"] {
      #expect(
        try Data(contentsOf: straight.appending(path: file))
          == Data(contentsOf: broken.appending(path: file)), "\(file)")
    }
  }

  @Test("steps after the last checkpoint are done again when a run was killed")
  func killed() throws {
    let straight = try folder()
    let broken = try folder()
    defer { for url in [straight, broken] { try? FileManager.default.removeItem(at: url) } }
    _ = try trainer(network(), in: straight).run()
    let stop = StopSignal()
    _ = try trainer(network(), in: broken, stop: stop).run { if $0.step == 16 { stop.request() } }
    // A kill at step 16 leaves the checkpoint of step 14, and lines of the log beyond it.
    for suffix in ["json", "safetensors"] {
      try FileManager.default.removeItem(
        at: broken.appending(path: "checkpoint-000000016.\(suffix)"))
    }
    _ = try trainer(network(), in: broken).run()
    #expect(
      try Data(contentsOf: straight.appending(path: "metrics.csv"))
        == Data(contentsOf: broken.appending(path: "metrics.csv")))
  }

  @Test("a checkpoint of another run is refused")
  func otherRun() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try trainer(network(), in: folder).run()
    #expect(throws: TrainingError.otherRun(path: folder.path)) {
      try trainer(network(), in: folder, identity: "other").run()
    }
  }

  private struct Broken: Term {
    let name = "broken"
    let isBoundedBelowByZero = false
    func value(in step: StepContext) -> Tensor {
      step.logits.sum() * (step.step == 9 ? Double.nan : 1)
    }
  }

  @Test("a term that turns NaN stops the run, names term and step, and keeps the last checkpoint")
  func notFinite() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: TrainingError.notFinite(term: "broken", step: 9)) {
      try trainer(network(), in: folder, objective: Objective { Broken() }).run()
    }
    #expect(
      FileManager.default.fileExists(
        atPath: folder.appending(path: "checkpoint-000000007.json").path))
  }

  @Test("a learned weight settles where its closed form says, and refuses terms below zero")
  func learnedWeight() throws {
    struct Constant: Term {
      let name = "constant"
      let isBoundedBelowByZero = true
      func value(in step: StepContext) -> Tensor { Tensor(Float(3)) }
    }
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let weighted = try Constant().learnedWeight(LearnedWeight(rate: 1))
    let trainer = try trainer(
      network(), in: folder, steps: 600, objective: Objective([weighted])
    ) {
      $0.learningRate = LearningRate(0.05)
      $0.checkpointEvery = 1000
    }
    _ = try trainer.run()
    // The minimum of ½ exp(-s) L + ½ s is at s = log L.
    #expect(abs(try #require(weighted.learned).logVariance - log(3)) < 1e-3)
    #expect(throws: TrainingError.unboundedTerm("broken")) { try Broken().learnedWeight() }
  }

  @Test("settings out of range are refused")
  func settings() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let changes: [(inout TrainerSettings) -> Void] = [
      { $0.batchSize = 0 }, { $0.batchSize = 1000 }, { $0.steps = -1 }, { $0.emaDecay = 1 },
      { $0.learningRate.peak = -1 }, { $0.learningRate.peak = .nan },
      { $0.optimiser.betas = [0.9] }, { $0.checkpointEvery = 0 },
    ]
    for change in changes {
      #expect(throws: TrainingError.self) {
        try trainer(network(), in: folder, change: change)
      }
    }
  }

  @Test("schedules at their corners")
  func schedules() {
    #expect(Schedule.linear(to: 2, over: 0.5).value(at: 25, of: 100) == 1)
    #expect(Schedule.linear(to: 2, over: 0.5).value(at: 75, of: 100) == 2)
    #expect(Schedule.exponential(to: 1, over: 1).value(at: 0, of: 100) == exp(-5))
    #expect(Schedule.twoStage(first: 1, second: 3, at: 0.4).value(at: 40, of: 100) == 3)
    #expect(
      Schedule.sigmoid(to: 4, steepness: 8, midpoint: 0.5).value(at: 50, of: 100) == 2)
  }
}
