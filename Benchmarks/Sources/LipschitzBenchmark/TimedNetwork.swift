import Datasets
import Foundation
import Networks
import Torch
import Training

/// The networks that are timed.
enum TimedNetwork: String {
  /// Two spectrally normalised convolutions and one linear layer, a head of unit rows.
  case constrained
  /// The same with plain weights.
  case twin

  /// Trains with cross-entropy on random images of 28 by 28 pixels.
  ///
  /// - Returns: the median step's milliseconds.
  func medianStep(steps: Int, threads: Int) throws -> Double {
    IntraOperatorThreads.set(threads)
    FreedMemory.keep()
    let folder = FileManager.default.temporaryDirectory.appending(path: "steps-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var times: [ContinuousClock.Instant] = []
    _ = try trainer(steps: steps, folder: folder).run { _ in times.append(.now) }
    let steps = zip(times, times.dropFirst()).map { ($1 - $0) / .milliseconds(1) }
      .dropFirst(5).sorted()
    return steps[steps.count / 2]
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
    settings.batchSize = 100
    settings.checkpointEvery = 1_000_000
    return try Trainer(
      model: LipschitzCNN(isConstrained: self == .constrained, using: generator),
      objective: Objective([CrossEntropy().weighted(1)]), training: data, unlabelled: nil,
      evaluation: nil, settings: settings, context: Context(seed: 0), folder: folder,
      identity: rawValue)
  }
}
