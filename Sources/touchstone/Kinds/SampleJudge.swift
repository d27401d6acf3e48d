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

  /// How many samples are recognised, and how many real images are.
  func findings(on images: Tensor, labels: [Int]) throws -> [RunFinding] {
    let samples = Batch(
      inputs: images, labels: Tensor(labels), indices: Array(labels.indices))
    let real = test.batch(Array(0..<test.count))
    return try [
      finding("recognised", "Samples recognised as their class", samples, "samples"),
      finding("judge_accuracy", "Real test images recognised", real, "images"),
    ]
  }

  private func finding(
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
}
