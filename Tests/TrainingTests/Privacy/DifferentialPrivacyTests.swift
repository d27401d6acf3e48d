import Datasets
import Foundation
import Networks
import Testing
import Torch

@testable import Training

@Suite("DP-SGD")
struct DifferentialPrivacyTests {
  /// Convolutions with stride, padding and dilation, with and without offsets, and linear maps.
  private func network() -> Sequential {
    let generator = Generator(seed: 2, purpose: "weights")
    return Sequential {
      Conv2D(2, 3, kernel: 3, stride: 2, padding: 1, using: generator)
      Activation.tanh()
      Conv2D(3, 4, kernel: 2, dilation: 2, hasBias: false, using: generator)
      Activation.relu()
      Flatten()
      Linear(16, 5, hasBias: false, using: generator)
      Activation.tanh()
      Linear(5, 3, using: generator)
    }
  }

  private func images(_ count: Int = 12) throws -> Dataset {
    try Dataset(
      name: "images",
      inputs: Tensor.normal([count, 2, 8, 8], using: Generator(seed: 3, purpose: "images")),
      labels: Tensor((0..<count).map { $0 % 3 }), classNames: ["a", "b", "c"],
      range: Dataset.unbounded)
  }

  private func trainer(
    _ model: any Layer, _ run: ToyRun, clip: Double = 1, noise: Double = 1, batch: Int = 6,
    count: Int = 12, steps: Int = 8, objective: Objective = Objective { CrossEntropy() },
    stop: StopSignal = StopSignal(), change: (inout TrainerSettings) -> Void = { _ in }
  ) throws -> Trainer {
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize) = (steps, batch)
    settings.optimiser = OptimiserSettings(rule: .sgd)
    var privacy = DifferentialPrivacy()
    (privacy.clip, privacy.noise) = (clip, noise)
    settings.privacy = privacy
    change(&settings)
    return try Trainer(
      model: model, objective: objective, training: images(count), evaluation: nil,
      settings: settings, context: Context(seed: 4), folder: run.folder, identity: "private",
      isStopRequested: { stop.isRequested })
  }

  private func step(_ model: any Layer, _ data: Dataset, at step: Int = 0) -> StepContext {
    StepContext(
      model: model, batch: data.batch(Array(0..<data.count)), step: step, totalSteps: 10,
      context: Context(seed: 4))
  }

  @Test("lengths and sums of examples' gradients in one pass are those of one pass each")
  func perSample() throws {
    let (model, data) = (network(), try images())
    let state = step(model, data)
    #expect(PerSampleGradients.isPossible(model, model.parameters))
    let each = PerSampleGradients(in: state, parameters: model.parameters) {
      CrossEntropy().value(in: state)
    }
    let lengths = each.squaredLengths.values(as: Double.self)
    let factors = (0..<data.count).map { 0.5 + Double($0) }
    var sums = model.parameters.map { Tensor.zeros(like: $0.value.detached()) }
    for (index, part) in state.parts(data.count).enumerated() {
      let own = gradients(
        of: CrossEntropy().value(in: part), withRespectTo: model.parameters.map(\.value))
      let length = GradientClipping.norm(of: own)
      #expect(abs(lengths[index].squareRoot() - length) < 1e-5 * length)
      sums = zip(sums, own).map { $0 + $1 * factors[index] }
    }
    let weighted = each.sum(times: Tensor(factors).to(.float32), for: model.parameters)
    for (sum, expected) in zip(weighted, sums) {
      #expect(sum.shape == expected.shape)
      #expect((sum - expected).abs().max().item < 1e-4 * max(1, expected.abs().max().item))
    }
  }

  @Test("a clipped step is a sum of gradients of which none is longer than C, by either way")
  func clipped() throws {
    let run = try ToyRun()
    defer { run.remove() }
    let model = network()
    // Every gradient is longer than 1e-3: one example moves the sum by 1e-3.
    let trainer = try trainer(model, run, clip: 1e-3, noise: 0, batch: 1)
    for index in 0..<4 {
      let data = try images().subset([index])
      let descent = try trainer.privateDescent(
        step(model, data),
        try #require(
          trainer.settings.privacy))
      #expect(abs(GradientClipping.norm(of: descent.gradients) - 1e-3) < 1e-8)
    }
    let state = step(model, try images())
    let one = try trainer.clippedOneByOne(state, 0.5)
    var wide = try #require(trainer.settings.privacy)
    wide.clip = 0.5
    let all = try trainer.privateDescent(state, wide)
    for (left, right) in zip(one.gradients, all.gradients) {
      #expect((left - right).abs().max().item < 1e-5)
    }
    #expect(abs(one.loss - all.loss) < 1e-6)
  }

  @Test("without noise and with a long C it is the sum of gradients over the expected number")
  func plain() throws {
    let run = try ToyRun()
    defer { run.remove() }
    let model = network()
    let trainer = try trainer(model, run, clip: 1e6, noise: 0, batch: 6)
    let state = step(model, try images())
    let mean = gradients(
      of: CrossEntropy().value(in: step(model, try images())),
      withRespectTo: model.parameters.map(\.value))
    let descent = try trainer.privateDescent(state, try #require(trainer.settings.privacy))
    for (gradient, expected) in zip(descent.gradients, mean) {
      // Twelve took part where six were expected.
      #expect((gradient - expected * 2).abs().max().item < 1e-5)
    }
  }

  @Test("noise has the deviation σ C over the expected number, and is drawn anew at every step")
  func noise() throws {
    let run = try ToyRun()
    defer { run.remove() }
    let model = network()
    let trainer = try trainer(model, run, clip: 0.1, noise: 3, batch: 6)
    var silent = try #require(trainer.settings.privacy)
    silent.noise = 0
    var drawn: [Double] = []
    for number in 0..<40 {
      let state = step(model, try images(), at: number)
      let noisy = try trainer.privateDescent(state, try #require(trainer.settings.privacy))
      let quiet = try trainer.privateDescent(state.again(), silent)
      for (left, right) in zip(noisy.gradients, quiet.gradients) {
        drawn += (left - right).values(as: Double.self)
      }
    }
    let count = Double(drawn.count)
    let deviation = (drawn.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
    #expect(abs(deviation / (3 * 0.1 / 6) - 1) < 4 / (2 * count).squareRoot())
    #expect(abs(drawn.reduce(0, +) / count) < 4 * 0.05 / count.squareRoot())
    #expect(Set(drawn).count > drawn.count * 9 / 10)
  }

  @Test("every example takes part by itself with the same probability")
  func sampling() throws {
    let run = try ToyRun()
    defer { run.remove() }
    let trainer = try trainer(network(), run, batch: 15, count: 60)
    let draws = (0..<400).map(trainer.sampledPositions)
    let counts = draws.map { Double($0.count) }
    let mean = counts.reduce(0, +) / 400
    let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399
    // Binomial of 60 and a quarter: mean 15, variance 11.25, not 0 as of batches of one size.
    #expect(abs(mean - 15) < 4 * (11.25 / 400).squareRoot())
    #expect(abs(variance - 11.25) < 4 * 11.25 * (2 / 400.0).squareRoot())
    let shares = (0..<60).map { example in draws.filter { $0.contains(example) }.count }
    #expect(shares.allSatisfy { abs(Double($0) - 100) < 4.5 * 75.0.squareRoot() })
    #expect(trainer.sampledPositions(at: 3) == draws[3])
  }

  @Test("a step that nobody takes part in moves weights by noise alone")
  func nobody() throws {
    let run = try ToyRun()
    defer { run.remove() }
    let model = network()
    // Six of seven steps of one in twelve have somebody; 40 of them have all kinds.
    let before = model.parameters[0].value.copy()
    let trainer = try trainer(model, run, batch: 1, steps: 40)
    #expect((0..<40).contains { trainer.sampledPositions(at: $0).isEmpty })
    #expect(try trainer.run() == .finished)
    #expect(!model.parameters[0].value.isIdentical(to: before))
    #expect(model.parameters.allSatisfy { $0.value.isFinite.all })
  }

  @Test("a run that was stopped goes on to the same bits, and says what it guarantees")
  func resumes() throws {
    let straight = try ToyRun()
    defer { straight.remove() }
    let whole = network()
    let trainer = try trainer(whole, straight)
    _ = try trainer.run()
    let guarantee = try #require(trainer.privacyGuarantee)
    #expect(guarantee.rate == 0.5 && guarantee.steps == 8 && guarantee.delta == 1e-5)
    #expect(
      guarantee.epsilon
        == SampledGaussian(rate: 0.5, noise: 1).epsilon(steps: 8, delta: 1e-5).epsilon)
    // Who knows the settings alone says the same.
    #expect(trainer.settings.privacyGuarantee(examples: 12) == guarantee)
    let run = try ToyRun()
    defer { run.remove() }
    let stop = StopSignal()
    _ = try self.trainer(network(), run, stop: stop).run { if $0.step == 3 { stop.request() } }
    let resumed = network()
    _ = try self.trainer(resumed, run).run()
    #expect(areIdentical(whole.state(), resumed.state()))
    let silent = try self.trainer(network(), run, noise: 0)
    #expect(silent.privacyGuarantee?.epsilon == nil)
  }

  @Test(
    "batch normalisation is refused unless it is frozen, and layers of other kinds go one by one")
  func layers() throws {
    let generator = Generator(seed: 2, purpose: "weights")
    func normalised() -> Sequential {
      Sequential {
        Conv2D(2, 4, kernel: 3, using: generator)
        BatchNorm(4)
        Flatten()
        Linear(144, 3, using: generator)
      }
    }
    let run = try ToyRun()
    defer { run.remove() }
    let error = try #require(throws: TrainingError.self) { try trainer(normalised(), run) }
    #expect("\(error)".contains("batch normalisation") && error.recoverySuggestion != nil)
    let frozen = normalised()
    #expect(try trainer(frozen, run) { $0.freeze = 1 }.run() == .finished)
    let other = try ToyRun()
    defer { other.remove() }
    let grouped = Sequential {
      Conv2D(2, 4, kernel: 3, using: generator)
      GroupNorm(4, groups: 2)
      Flatten()
      Linear(144, 3, using: generator)
    }
    #expect(!PerSampleGradients.isPossible(grouped, grouped.parameters))
    #expect(try trainer(grouped, other).run() == .finished)
  }

  @Test("what is no sum over examples is refused, and so are bad settings")
  func refusals() throws {
    let run = try ToyRun()
    defer { run.remove() }
    let model = network()
    let penalised = Objective {
      CrossEntropy()
      WeightPenalty()
    }
    #expect(throws: TrainingError.self) { try trainer(model, run, objective: penalised) }
    let learned = try Objective([CrossEntropy().learnedWeight()])
    #expect(throws: TrainingError.self) { try trainer(model, run, objective: learned) }
    let changes: [(inout TrainerSettings) -> Void] = [
      { $0.shards = 2 }, { $0.sharpness = SharpnessAware(radius: 0.1) }, { $0.replays = 2 },
      { $0.clipNorm = 1 }, { $0.gradientNormEvery = 1 }, { $0.privacy?.clip = 0 },
      { $0.privacy?.noise = -1 }, { $0.privacy?.delta = 1 },
    ]
    for change in changes {
      #expect(throws: TrainingError.self) { try trainer(model, run, change: change) }
    }
  }
}
