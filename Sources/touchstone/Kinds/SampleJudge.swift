import Audit
import Datasets
import Diffusion
import Foundation
import Networks
import Perturbations
import Reports
import Runs
import Statistics
import Torch
import Training

/// A classifier of real images that tells whether samples show the class that they were asked for.
struct SampleJudge {
  private let settings: PriorRecipe.Judge
  private let model: any Layer
  private let training: Dataset
  private let test: Dataset
  private let folder: URL
  private let context: Context

  /// A classifier that is trained in a folder of its own inside of the run's.
  init(
    _ settings: PriorRecipe.Judge, training: Dataset, test: Dataset, folder: URL, context: Context
  ) throws {
    self.settings = settings
    self.training = training
    self.test = test
    self.folder = folder.appending(path: "judge")
    self.context = context
    model = try ModelRegistry.model(
      settings.model.name, inputShape: training.inputShape,
      classCount: training.classNames.count, options: settings.model.options ?? [:],
      using: Generator(seed: context.seed, purpose: "judge.weights"))
  }

  /// Trains the classifier, or goes on.
  ///
  /// - Returns: whether it was finished.
  func train(isStopRequested: @escaping @Sendable () -> Bool) throws -> Bool {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let trainer = try Trainer(
      model: model, objective: Objective { CrossEntropy() }, training: training, evaluation: nil,
      settings: settings.training, context: context, folder: folder,
      identity: "\(try training.fingerprint()) \(context.seed)", isStopRequested: isStopRequested)
    return try trainer.run() != .interrupted
  }

  /// How many samples are recognised, and how much they differ within a class.
  ///
  /// - Parameter name: of the setting, which becomes part of the findings' names.
  func findings(on images: Tensor, labels: [Int], _ name: String? = nil) throws -> [RunFinding] {
    let samples = Batch(inputs: images, labels: Tensor(labels), indices: Array(labels.indices))
    func id(_ first: String) -> String { name.map { "\(first).\($0)" } ?? first }
    let title = name.map { ", " + $0.replacing(".", with: " ", maxReplacements: 1) } ?? ""
    return try [
      share(id("recognised"), "Samples recognised as their class\(title)", samples, "samples"),
      spread(id("spread"), "Spread of samples within a class\(title)", samples),
    ]
  }

  /// How many real images are recognised.
  func accuracy() throws -> RunFinding {
    try share(
      "judge_accuracy", "Real test images recognised", test.batch(Array(0..<test.count)), "images")
  }

  private func share(
    _ id: String, _ title: String, _ batch: Batch, _ unit: String
  ) throws -> RunFinding {
    let size = 500
    let correct = try stride(from: 0, to: batch.count, by: size).flatMap { start -> [Bool] in
      let part = batch.slice(start..<min(start + size, batch.count), on: .cpu)
      return try attempt {
        withoutGradients { model(part.inputs).argmax(along: 1).equal(to: part.labels).values() }
      }
    }
    let rate = Proportion(correct)
    let finding = try Finding(
      id: id, title: title, value: rate.rate, interval: try rate.wilson(), better: .higher,
      detail: "\(rate.successes) of \(rate.trials) \(unit).")
    return RunFinding(finding, count: rate.trials)
  }

  /// The variance of pixels within a class over that of real test images, averaged over classes: guidance
  /// that makes all samples of a class alike shows as a share below 1.
  private func spread(_ id: String, _ title: String, _ samples: Batch) throws -> RunFinding {
    let real = test.batch(Array(0..<test.count))
    let ratios = test.classNames.indices.compactMap { label -> Double? in
      guard let mine = variance(of: label, in: samples), let theirs = variance(of: label, in: real),
        theirs > 0
      else { return nil }
      return mine / theirs
    }
    var stream = RandomStream(seed: context.seed, purpose: "interval.\(id)")
    let mean = try? MeanEstimate(of: ratios, using: &stream)
    let finding = try Finding(
      id: id, title: title, value: mean?.mean, interval: mean?.interval, unit: "",
      better: .higher, detail: "Variance of pixels within a class, over that of real test images.")
    return RunFinding(finding, count: ratios.count)
  }

  private func variance(of label: Int, in batch: Batch) -> Double? {
    let rows = batch.labels.values(as: Int.self).enumerated().filter { $1 == label }.map(\.offset)
    guard rows.count > 1 else { return nil }
    let images = batch.inputs.selecting(rows: rows)
    return images.variance(along: [0], correction: 1).mean().item
  }
}
