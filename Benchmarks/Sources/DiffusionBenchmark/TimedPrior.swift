import Datasets
import Diffusion
import Foundation
import Harness
import Networks
import Torch
import Training

/// The priors that are timed.
enum TimedPrior: String, CaseIterable {
  /// That of `Recipes/inversion/template-portraits.yaml`: 32 x 32 pixels, told templates of 64 coordinates.
  case portraits
  /// That of `Recipes/inversion/prior-mnist.yaml`: 28 x 28 pixels, told one of ten classes.
  case mnist

  private var side: Int { self == .portraits ? 32 : 28 }
  private var conditionWidth: Int { self == .portraits ? 64 : 10 }
  private static let exampleCount = 10_000

  private var description: Prior.Description {
    var settings = UNetSettings()
    settings.patch = 2
    settings.attention = [side / 4]
    settings.conditionHidden = self == .portraits ? 128 : nil
    return Prior.Description(
      network: settings, imageShape: [1, side, side], classes: self == .mnist ? 10 : nil,
      vectors: self == .portraits ? 64 : nil)
  }

  /// A network whose last layers matter, other than those of new networks.
  private func makeNetwork() throws -> DenoisingNetwork {
    let generator = Generator(seed: 0, purpose: "weights")
    let network = try description.makeNetwork(using: generator)
    var state = network.state()
    for (name, weight) in state where weight.rank == 4 && weight.abs().max().item < 1e-3 {
      state[name] = weight * 1e4
    }
    try network.load(state)
    return network
  }

  private func conditions(_ count: Int, _ generator: Generator) -> Tensor {
    let vectors = Tensor.normal([count, conditionWidth], using: generator)
    return vectors / vectors.squared().sum(along: 1, keepingDimensions: true).sqrt()
  }

  /// Writes weights, and estimates on them to compare with.
  func save(to folder: URL) throws {
    let network = try makeNetwork()
    try network.save(to: folder.appending(path: "weights.safetensors"))
    let generator = Generator(seed: 1, purpose: "check")
    let level = Tensor([Float(0.01), 0.1, 0.5, 2, 20])
    let noisy = Tensor.normal([5, 1, side, side], using: generator)
    let condition = conditions(5, generator)
    let estimate = withoutGradients {
      network.denoised(noisy, level: level, condition: condition)
    }
    try SafeTensors.write(
      ["noisy": noisy, "level": level, "condition": condition, "estimate": estimate],
      to: folder.appending(path: "estimates.safetensors"))
  }

  /// Training images or network evaluations a second, with one thread a worker.
  func rate(of work: String, seconds: Double, workers: Int) throws -> Double {
    IntraOperatorThreads.set(1)
    FreedMemory.keep()
    return work == "train"
      ? try trainingRate(seconds: seconds, workers: workers)
      : try samplingRate(seconds: seconds, workers: workers, guidance: work == "guided" ? 2 : 1)
  }

  private func trainingRate(seconds: Double, workers: Int) throws -> Double {
    let folder = FileManager.default.temporaryDirectory.appending(path: "steps-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let limit = now(workers) + seconds
    // The first steps make what later ones find made.
    var times: [Double] = []
    _ = try trainer(workers: workers, folder: folder) { now(workers) > limit }
      .run { _ in times.append(now(workers)) }
    let counted = times.dropFirst(2)
    guard let first = counted.first, let last = counted.last else { return .nan }
    return 64 * Double(counted.count - 1) / (last - first)
  }

  private func trainer(
    workers: Int, folder: URL, isStopRequested: @escaping @Sendable () -> Bool
  ) throws -> Trainer {
    let generator = Generator(seed: 0, purpose: "images")
    let pixels = Tensor.integers(
      [Self.exampleCount, 1, side, side], in: 0..<256, using: generator)
    let labels = Tensor.integers([Self.exampleCount], in: 0..<10, using: generator)
    let data = try Dataset(
      name: "random", inputs: pixels.to(.uint8), labels: labels,
      classNames: (0..<10).map(String.init), range: 0...1)
    var draw = NoiseDraw()
    draw.labelDropout = 0.1
    let vectors = conditions(Self.exampleCount, generator)
    draw.source =
      self == .mnist ? .classes : .vectors { vectors.selecting(rows: $0.indices) }
    var settings = TrainerSettings()
    settings.steps = 1_000_000
    settings.batchSize = 64
    settings.emaHalfLife = 8000
    settings.checkpointEvery = 1_000_000
    settings.shards = workers > 1 ? workers : nil
    let term = try Denoising(draw)
    return try Trainer(
      model: makeNetwork(), objective: Objective { term }, training: data, evaluation: nil,
      settings: settings, context: Context(seed: 0, workers: workers), folder: folder,
      identity: rawValue, isStopRequested: isStopRequested)
  }

  private func samplingRate(seconds: Double, workers: Int, guidance: Double) throws -> Double {
    let prior = Prior(try makeNetwork(), description: description)
    let context = Context(seed: 0, workers: workers)
    let count = 32 * workers
    var request = SampleRequest(
      count: count, condition: conditions(count, Generator(seed: 2, purpose: "conditions")))
    request.guidance = guidance
    let sampler = Sampler()
    let evaluations = sampler.evaluationCount * count * (guidance == 1 ? 1 : 2)
    _ = try prior.samples(request, by: sampler, context: context)
    let start = now(workers)
    var done = 0
    while now(workers) - start < seconds {
      _ = try prior.samples(request, by: sampler, context: context)
      done += evaluations
    }
    return Double(done) / (now(workers) - start)
  }
}

/// Seconds: of this process's own work where there is one worker, so that others on the machine do not count.
private func now(_ workers: Int) -> Double {
  var time = timespec()
  clock_gettime(workers == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
