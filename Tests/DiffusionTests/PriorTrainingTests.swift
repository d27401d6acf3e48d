import Datasets
import Diffusion
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Training a prior")
struct PriorTrainingTests {
  // Small tensors: more threads would only wait for one another.
  init() { IntraOperatorThreads.set(1) }

  private func context(_ model: any Module, step: Int = 0, rows: [Int]? = nil) throws -> StepContext
  {
    let data = try ToyPrior.data()
    return StepContext(
      model: model, batch: data.batch(rows ?? Array(0..<16)), step: step,
      context: Context(seed: 3))
  }

  @Test(
    "a run that is stopped and resumed ends with the same bytes as one that was not",
    arguments: [1, 7])
  func resume(_ stopAfter: Int) throws {
    let (straight, broken) = (try ToyPrior(), try ToyPrior())
    defer { for toy in [straight, broken] { toy.remove() } }
    #expect(try straight.trainer(ToyPrior.network()).run() == .finished)
    let stop = StopSignal()
    let first = try broken.trainer(ToyPrior.network(), stop: stop)
    #expect(try first.run { if $0.step == stopAfter { stop.request() } } == .interrupted)
    #expect(try broken.trainer(ToyPrior.network()).run() == .finished)
    for file in ["metrics.csv", "checkpoint-000000012.safetensors"] {
      #expect(
        try Data(contentsOf: straight.folder.appending(path: file))
          == Data(contentsOf: broken.folder.appending(path: file)), "\(file)")
    }
  }

  @Test("what is drawn depends on the example and the step, not on the batch")
  func draws() throws {
    let model = try ToyPrior.network()
    let draw = try ToyPrior.term().draw
    let whole = try context(model).denoised(by: draw, for: "test")
    let part = try context(model, rows: [5, 2]).denoised(by: draw, for: "test")
    let later = try context(model, step: 1).denoised(by: draw, for: "test")
    #expect(part.noisy[0].isIdentical(to: whole.noisy[5]))
    #expect(part.level[1].isIdentical(to: whole.level[2]))
    #expect(!later.noisy.isIdentical(to: whole.noisy))
    #expect(whole.clean.min().item >= -1 && whole.clean.max().item <= 1)
    let residual = (whole.noisy - whole.clean) / whole.level.to(.float32).reshaped([16, 1, 1, 1])
    #expect(abs(residual.standardDeviation(along: [0, 1, 2, 3]).item - 1) < 0.1)
  }

  @Test("the term's value is the mean of the losses of its noisy batch, computed once a step")
  func value() throws {
    let model = try ToyPrior.network()
    let step = try context(model)
    let term = try ToyPrior.term()
    let batch = try step.denoised(by: term.draw, for: "test")
    let again = try step.denoised(by: term.draw, for: "test")
    #expect(batch.estimate === again.estimate)
    let errors = (batch.estimate - batch.clean).squared().mean(along: 1, 2, 3).to(.float64)
    let weights = model.preconditioning.weight(batch.level)
    #expect(abs((weights * errors).mean().item - (try term.value(in: step)).item) < 1e-5)
    var summed = term
    summed.reduction = .sum
    #expect(abs(try summed.value(in: step).item / term.value(in: step).item - 64) < 1e-3)
  }

  @Test("labels are dropped image by image, at the rate that is asked for")
  func labelDropout() throws {
    let model = try ToyPrior.network()
    var dropped = 0.0
    for step in 0..<40 {
      let batch = try context(model, step: step).denoised(
        by: ToyPrior.term(labelDropout: 0.3).draw, for: "test")
      let sums = try #require(batch.condition).sum(along: 1)
      #expect(sums.equal(to: 0.0).or(sums.equal(to: 1.0)).all)
      dropped += sums.equal(to: 0.0).to(.float32).sum().item
    }
    // 640 draws: four standard errors.
    #expect(abs(dropped / 640 - 0.3) < 0.073)
  }

  @Test("averaged weights follow the half-life in images, from the first weights on")
  func halfLife() throws {
    let parameter = Parameter(wrappedValue: Tensor([Float(8)]))
    var average = ExponentialMovingAverage(
      of: [parameter], halfLife: 100, batchSize: 10, rampUp: 0.05)
    var expected = 8.0
    for step in 0..<300 {
      parameter.replace(with: Tensor([Float(step)]))
      average.update()
      let halfLife = min(100, 0.05 * Double(step * 10))
      let share = halfLife == 0 ? 0 : pow(0.5, 10 / halfLife)
      expected = share * expected + (1 - share) * Double(step)
      if step == 0 { #expect(average.averages[0].item == 0) }
    }
    #expect(abs(average.averages[0].item - expected) < 1e-3)
  }

  @Test("a model that is no layer is refused by terms, evaluation and statistics that need one")
  func refusals() throws {
    let toy = try ToyPrior()
    defer { toy.remove() }
    let network = try ToyPrior.network()
    #expect(throws: TrainingError.needsLayer("cross-entropy")) {
      try toy.trainer(network, objective: Objective { CrossEntropy() })
    }
    #expect(throws: TrainingError.needsLayer("reestimatesStatistics")) {
      try toy.trainer(network) { $0.reestimatesStatistics = true }
    }
    let data = try ToyPrior.data()
    #expect(throws: TrainingError.needsLayer("evaluation")) {
      let term = try ToyPrior.term()
      _ = try Trainer(
        model: network, objective: Objective { term }, training: data, evaluation: data,
        settings: TrainerSettings(), context: Context(), folder: toy.folder, identity: "toy")
    }
    let linear = Linear(64, 2, using: Generator(seed: 0, purpose: "weights"))
    #expect(throws: DiffusionError.notDenoising(term: "denoising")) {
      try ToyPrior.term().value(in: context(linear))
    }
    var draw = NoiseDraw()
    draw.source = .vectors { Tensor.zeros([$0.count, 3]) }
    #expect(throws: DiffusionError.condition(shape: [16, 3], expected: [16, 2])) {
      try Denoising(draw).value(in: context(network))
    }
    draw.labelDropout = 2
    #expect(throws: DiffusionError.self) { try Denoising(draw) }
    for change: (inout TrainerSettings) -> Void in [
      { $0.emaHalfLife = 0 }, { $0.emaDecay = 0.9 }, { $0.emaRampUp = 2 },
      {
        $0.emaHalfLife = nil; $0.emaRampUp = 0.05
      }, { $0.swaStart = 0.5 },
    ] {
      #expect(throws: TrainingError.self) { try toy.trainer(network, change: change) }
    }
    // A penalty of weights works on any module.
    _ = try toy.trainer(network, objective: Objective { WeightPenalty() })
  }

  @Test(
    "a trained prior draws the class that it is asked for, whatever the workers, and can be saved")
  func samples() throws {
    let toy = try ToyPrior()
    defer { toy.remove() }
    let network = try ToyPrior.network()
    let trainer = try toy.trainer(network, steps: 320) { $0.learningRate.peak = 4e-3 }
    _ = try trainer.run()
    try trainer.withFinalWeights {
      let prior = Prior(network, description: ToyPrior.description)
      let labels = (0..<40).map { $0 / 20 }
      var request = SampleRequest(count: 40, condition: try prior.condition(ofClasses: labels))
      request.guidance = 2
      request.keepsTrajectory = true
      let sampler = Sampler(levels: .init(steps: 8))
      let samples = try prior.samples(request, by: sampler, context: Context(seed: 5))
      #expect(samples.images.shape == [40, 1, 8, 8])
      let left = samples.images.narrowed(to: 0..<4, along: 3).mean(along: 1, 2, 3)
      let right = samples.images.narrowed(to: 4..<8, along: 3).mean(along: 1, 2, 3)
      let isRight: [Bool] = right.greater(than: left).values()
      #expect(zip(isRight, labels).count { $0 == ($1 == 1) } >= 38)
      #expect(samples.trajectory.map(\.level) == sampler.levels.values)
      #expect(samples.trajectory.last?.noisy.isIdentical(to: samples.images) == true)

      let threads = try prior.samples(request, by: sampler, context: Context(seed: 5, workers: 3))
      #expect(threads.images.isIdentical(to: samples.images))
      try prior.save(to: toy.folder)
      let read = try Prior(contentsOf: toy.folder)
      #expect(read.description == prior.description)
      let again = try read.samples(request, by: sampler, context: Context(seed: 5))
      #expect(again.images.isIdentical(to: samples.images))

      // An energy that wants the left to be bright, without a condition.
      var guided = SampleRequest(count: 40)
      guided.guide = { denoiser, _ in
        denoiser.guided { guess in
          (guess.estimate.narrowed(to: 0..<4, along: 3).mean(along: 1, 2, 3)
            - guess.estimate.narrowed(to: 4..<8, along: 3).mean(along: 1, 2, 3)) * 60
        }
      }
      let bright = try prior.samples(guided, by: sampler, context: Context(seed: 6)).images
      let sides = bright.mean(along: 1, 2).split(size: 4, along: 1).map { $0.mean(along: 1) }
      let isLeft: [Bool] = sides[0].greater(than: sides[1]).values()
      // Half of them without it; 32 of 40 would come once in ten thousand times.
      #expect(isLeft.count { $0 } >= 32)

      // Images that get little noise come back nearly as they were, also of the other class.
      request.restart = try ToyPrior.data().batch(Array(0..<40)).inputs
      let near = try prior.samples(
        request, by: Sampler(levels: NoiseLevels(steps: 6).starting(at: 0.05)),
        context: Context(seed: 5))
      let restart = try #require(request.restart)
      #expect((near.images - restart).abs().mean().item < 0.05)
    }
  }

  @Test("requests that do not fit a prior are refused")
  func badRequests() throws {
    let prior = Prior(try ToyPrior.network(), description: ToyPrior.description)
    func sample(_ request: SampleRequest) throws {
      _ = try prior.samples(
        request, by: Sampler(levels: .init(steps: 2)), context: Context(seed: 0))
    }
    try sample(SampleRequest(count: 2))
    #expect(throws: DiffusionError.self) { try sample(SampleRequest(count: 0)) }
    #expect(throws: DiffusionError.condition(shape: [2, 3], expected: [2, 2])) {
      try sample(SampleRequest(count: 2, condition: .zeros([2, 3])))
    }
    var request = SampleRequest(count: 2)
    request.restart = .zeros([2, 1, 9, 9])
    #expect(throws: DiffusionError.self) { try sample(request) }
    request.restart = nil
    request.guidance = .nan
    #expect(throws: DiffusionError.self) { try sample(request) }
    request.guidance = 1
    request.guide = { denoiser, _ in Denoiser { try denoiser($0, $1) / 0.0 } }
    #expect(throws: DiffusionError.notFinite) { try sample(request) }
    #expect(throws: DiffusionError.self) { try prior.condition(ofClasses: [2]) }
    #expect(throws: DiffusionError.self) {
      try Prior(contentsOf: URL(filePath: "/nowhere/at/all"))
    }
  }
}

@Suite("Training in parts of a batch")
struct ShardTests {
  init() { IntraOperatorThreads.set(1) }

  private func weights(shards: Int?, workers: Int, steps: Int = 6) throws -> [String: Tensor] {
    let toy = try ToyPrior()
    defer { toy.remove() }
    let network = try ToyPrior.network()
    var settings = TrainerSettings()
    settings.steps = steps
    settings.batchSize = 14
    settings.shards = shards
    let term = try ToyPrior.term()
    let trainer = try Trainer(
      model: network, objective: Objective { term }, training: ToyPrior.data(), evaluation: nil,
      settings: settings, context: Context(seed: 3, workers: workers), folder: toy.folder,
      identity: "toy")
    _ = try trainer.run()
    return network.state()
  }

  @Test("the weights do not depend on the workers, and hardly on the parts")
  func workers() throws {
    let one = try weights(shards: 4, workers: 1)
    let three = try weights(shards: 4, workers: 3)
    #expect(one.allSatisfy { three[$0.key]?.isIdentical(to: $0.value) == true })
    // Adam's first step has the size of the learning rate, so gradients are compared by one step.
    let whole = try weights(shards: nil, workers: 1)
    let difference = one.map { ($0.value - (whole[$0.key] ?? .zeros([]))).abs().max().item }.max()
    #expect(try #require(difference) < 1e-3)
  }

  @Test("terms that are no means, and networks that change while they run, are refused")
  func refusals() throws {
    let toy = try ToyPrior()
    defer { toy.remove() }
    let network = try ToyPrior.network()
    let term = try ToyPrior.term()
    for change: (inout TrainerSettings) -> Void in [{ $0.shards = 0 }, { $0.shards = 17 }] {
      #expect(throws: TrainingError.self) { try toy.trainer(network, change: change) }
    }
    #expect(throws: TrainingError.self) {
      let objective = Objective {
        term
        WeightPenalty()
      }
      _ = try toy.trainer(network, objective: objective) { $0.shards = 2 }
    }
    let adapters = try LowRankAdapters(
      of: network, using: Generator(seed: 1, purpose: "adapters")
    ) { $0.hasSuffix("affine") }
    let adapted = AdaptedNetwork(network, adapters: adapters)
    #expect(throws: DiffusionError.oneThread) {
      try toy.trainer(adapted) { $0.shards = 2 }.run()
    }
    let prior = Prior(adapted, description: ToyPrior.description)
    #expect(throws: DiffusionError.oneThread) {
      try prior.samples(SampleRequest(count: 2), context: Context(seed: 0, workers: 2))
    }
    _ = try prior.samples(
      SampleRequest(count: 2), by: Sampler(levels: .init(steps: 2)), context: Context(seed: 0))
  }
}
