import Datasets
import Foundation
import Networks
import Ranks
import Testing
import Torch

@testable import Training

@Suite("Training by several processes", .serialized)
struct GroupTrainingTests {
  /// What is minimised, by name, with whether it looks at unlabelled examples.
  private static let objectives: [(name: String, hasUnlabelled: Bool)] = [
    ("cross-entropy", false), ("virtual-adversarial", true), ("noise-cross-entropy", false),
    ("trades", false), ("mean-teacher", true), ("pi-model", true), ("fgm-cross-entropy", false),
    ("input-gradient-penalty", false), ("entropy", true), ("pseudo-labels", true),
    ("label-noise-cross-entropy", false), ("mart", false), ("noise-consistency", true),
    ("weight-penalty", false),
  ]

  private static func objective(_ name: String) throws -> Objective {
    let term = try TermRegistry.term(name)
    guard name != "cross-entropy" else { return Objective { CrossEntropy() } }
    return try Objective([CrossEntropy().weighted(1), term.weighted(0.1)])
  }

  private static func unlabelled() throws -> Dataset {
    let inputs = Tensor.normal([240, 6], using: Generator(seed: 7, purpose: "data"))
    return try Dataset(
      name: "more", inputs: inputs, labels: Tensor(Array(repeating: 0, count: 240)),
      classNames: ["no", "yes"], range: Dataset.unbounded)
  }

  /// Batch normalisation and dropout, and no corners that would make rounding grow.
  private static func network() -> any Layer {
    let generator = Generator(seed: 6, purpose: "weights")
    return Sequential {
      Linear(6, 16, using: generator)
      BatchNorm(16)
      Activation.tanh()
      Dropout(0.3)
      Linear(16, 2, using: generator)
    }
  }

  private struct End: @unchecked Sendable {
    let state: [String: Tensor]
    let metrics: [(step: Int, values: [(name: String, value: Double)])]
    let outcome: Trainer.Outcome
  }

  private static func train(
    _ group: ProcessGroup?, _ objective: String, hasUnlabelled: Bool = false, steps: Int = 100,
    in folder: URL? = nil, stopAfter: Int? = nil,
    change: (inout TrainerSettings) -> Void = { _ in }
  ) throws -> End {
    let own = try ToyRun()
    defer { own.remove() }
    let folder = group?.isFirst ?? true ? folder ?? own.folder : own.folder
    var settings = TrainerSettings()
    settings.steps = steps
    settings.batchSize = 24
    settings.unlabelledBatchSize = 48
    settings.checkpointEvery = 10
    settings.gradientNormEvery = 25
    settings.optimiser = OptimiserSettings(rule: .sgd, momentum: 0.5)
    settings.learningRate = LearningRate(0.05)
    change(&settings)
    let model = network()
    let data = try ToyRun.data()
    let stop = StopSignal()
    let trainer = try Trainer(
      model: model, objective: self.objective(objective), training: data,
      unlabelled: hasUnlabelled ? unlabelled() : nil, evaluation: data, settings: settings,
      context: Context(seed: 1, group: group), folder: folder, identity: "toy",
      isStopRequested: { stop.isRequested })
    let outcome = try trainer.run {
      // Whoever is asked: all stop.
      if $0.step == stopAfter, group?.rank ?? 0 == (group?.size ?? 1) - 1 { stop.request() }
    }
    return End(state: model.state(), metrics: try Trainer.metrics(in: folder), outcome: outcome)
  }

  /// The end of every process.
  private static func run(
    _ size: Int, _ body: @escaping @Sendable (ProcessGroup) throws -> End
  ) throws -> [End] {
    try Ranks.run(size, body).map { try $0.get() }
  }

  private func distance(_ left: [String: Tensor], _ right: [String: Tensor]) -> Double {
    left.map { name, tensor in
      right[name].map { (tensor - $0).to(.float64).abs().max().item } ?? .infinity
    }.max() ?? .infinity
  }

  @Test(
    "steps are those of one process to 1e-5, a hundred of the common ones",
    arguments: Self.objectives)
  func equal(_ objective: (name: String, hasUnlabelled: Bool)) throws {
    let isCommon = ["cross-entropy", "virtual-adversarial"].contains(objective.name)
    let steps = isCommon ? 100 : 8
    let alone = try Self.train(
      nil, objective.name, hasUnlabelled: objective.hasUnlabelled, steps: steps)
    for size in objective.name == "cross-entropy" ? [2, 4] : [3] {
      let ends = try Self.run(size) {
        try Self.train($0, objective.name, hasUnlabelled: objective.hasUnlabelled, steps: steps)
      }
      for end in ends {
        #expect(areIdentical(end.state, ends[0].state), "rank 0 and another of \(size)")
        #expect(distance(alone.state, end.state) < 1e-5, "\(size) processes")
      }
      for (one, other) in zip(alone.metrics, ends[0].metrics) {
        #expect(one.step == other.step && one.values.map(\.name) == other.values.map(\.name))
        for (left, right) in zip(one.values, other.values) {
          #expect(
            abs(left.value - right.value) <= 1e-3 * max(1, abs(left.value)),
            "\(left.name) at step \(one.step): \(left.value) and \(right.value)")
        }
      }
    }
  }

  private static let changes: [(name: String, change: @Sendable (inout TrainerSettings) -> Void)] =
    [
      ("a batch that does not divide", { $0.batchSize = 25 }),
      ("sharpness-aware steps", { $0.sharpness = SharpnessAware(radius: 0.05) }),
      ("averaged weights", { $0.emaDecay = 0.9 }), ("clipped gradients", { $0.clipNorm = 0.5 }),
      ("statistics of the end", { $0.reestimatesStatistics = true }),
    ]

  @Test("settings mean what they mean in one process", arguments: Self.changes.indices)
  func settings(_ index: Int) throws {
    let (name, change) = Self.changes[index]
    let alone = try Self.train(nil, "cross-entropy", steps: 20, change: change)
    let ends = try Self.run(3) {
      try Self.train($0, "cross-entropy", steps: 20, change: change)
    }
    for end in ends { #expect(distance(alone.state, end.state) < 1e-5, "\(name)") }
  }

  @Test("when one is asked to stop all do, and the run goes on bit for bit, also in another number")
  func resume() throws {
    let straight = try Self.run(2) { try Self.train($0, "cross-entropy", steps: 40) }
    let run = try ToyRun()
    defer { run.remove() }
    let folder = run.folder
    let stopped = try Self.run(2) {
      try Self.train($0, "cross-entropy", steps: 40, in: folder, stopAfter: 13)
    }
    #expect(stopped.allSatisfy { $0.outcome == .interrupted })
    let copy = try ToyRun()
    defer { copy.remove() }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      try FileManager.default.copyItem(
        at: folder.appending(path: name), to: copy.folder.appending(path: name))
    }
    let resumed = try Self.run(2) {
      try Self.train($0, "cross-entropy", steps: 40, in: folder)
    }
    for end in resumed { #expect(areIdentical(end.state, straight[0].state)) }
    let elsewhere = copy.folder
    let more = try Self.run(3) {
      try Self.train($0, "cross-entropy", steps: 40, in: elsewhere)
    }
    for end in more { #expect(distance(end.state, straight[0].state) < 1e-5) }
  }

  @Test("what is no mean over parts of a batch is refused, and batches that cannot be divided")
  func refusals() throws {
    func message(_ body: @escaping @Sendable (ProcessGroup) throws -> End) -> String {
      do {
        _ = try Self.run(2, body)
        return "nothing was refused"
      } catch { return "\(error)" }
    }
    let balance = message { try Self.train($0, "class-balance", steps: 1) }
    #expect(
      balance == """
        objective.term is class-balance, it must be a mean over parts of a batch, which this is not, for 2 processes
        """)
    let odd = message {
      try Self.train($0, "entropy", hasUnlabelled: true, steps: 1) { $0.unlabelledBatchSize = 47 }
    }
    #expect(odd.hasPrefix("unlabelledBatchSize is 47, it must be a multiple of the number of"))
    let few = message { try Self.train($0, "cross-entropy", steps: 1) { $0.batchSize = 1 } }
    #expect(few.hasPrefix("batchSize is 1, it must be at least the number of processes"))
  }

  @Test("parts on threads are refused with batch normalisation, whose statistics would not move")
  func shards() throws {
    #expect(throws: TrainingError.self) {
      try Self.train(nil, "cross-entropy", steps: 1) { $0.shards = 2 }
    }
  }
}
