import Datasets
import Foundation
import Harness
import Networks
import Perturbations
import Torch
import Training

/// The steps that are timed.
enum StepCase: String, CaseIterable {
  /// Cross-entropy of 100 examples and virtual adversarial training on 250, 784-1200-1200-10 with
  /// batch normalisation.
  case vat
  /// Cross-entropy and the gradient penalty by one Hutchinson sample, the same network, 100 examples.
  case penalty
  /// Cross-entropy and virtual adversarial training on 64 images, two convolutions.
  case convolution

  /// Runs steps and prints the median milliseconds of a step and the peak memory in megabytes.
  func run(steps: Int, threads: Int) throws {
    IntraOperatorThreads.set(threads)
    FreedMemory.keep()
    let folder = FileManager.default.temporaryDirectory.appending(path: "steps-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var times: [ContinuousClock.Instant] = []
    _ = try trainer(steps: steps, folder: folder).run { _ in times.append(.now) }
    let seconds = zip(times, times.dropFirst()).map { ($1 - $0) / .milliseconds(1) }
      .dropFirst(5).sorted()
    print(seconds[seconds.count / 2], peakMegabytes)
  }

  private func trainer(steps: Int, folder: URL) throws -> Trainer {
    let generator = Generator(seed: 0, purpose: "steps")
    let pixels = Tensor.integers([10_000, 1, 28, 28], in: 0..<256, using: generator).to(.uint8)
    let labels = Tensor.integers([10_000], in: 0..<10, using: generator)
    let data = try Dataset(
      name: "random", inputs: pixels, labels: labels, classNames: (0..<10).map(String.init),
      range: 0...1)
    var settings = TrainerSettings()
    settings.steps = steps
    settings.batchSize = self == .convolution ? 64 : 100
    settings.unlabelledBatchSize = 250
    settings.checkpointEvery = 1_000_000
    let model: any Layer =
      self == .convolution
      ? SmallCNN(channels: 1, side: 28, classCount: 10, width: 16, hidden: 128, using: generator)
      : MLP(widths: [784, 1200, 1200, 10], hasBatchNorm: true, using: generator)
    let term: any Term =
      self == .penalty ? OutputGradientPenalty() : try VirtualAdversarial(radius: 1)
    return try Trainer(
      model: model, objective: Objective([CrossEntropy().weighted(1), term.weighted(1)]),
      training: data, unlabelled: self == .vat ? data : nil, evaluation: nil, settings: settings,
      context: Context(seed: 0), folder: folder, identity: rawValue)
  }
}
