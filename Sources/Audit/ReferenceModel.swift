import Datasets
import Foundation
import Networks
import Torch
import Training

/// The built-in model on the built-in data: a small CNN trained on glyphs, so that an audit can be
/// tried before one has a model.
public struct ReferenceModel: Sendable {
  private let cache: URL
  private let trainingCount: Int
  private let epochs: Int

  /// The model, kept in a folder between runs.
  ///
  /// - Parameters:
  ///   - cache: the folder.
  ///   - trainingCount: how many glyphs it is trained on.
  ///   - epochs: how often it sees them.
  public init(cache: URL, trainingCount: Int = 12_000, epochs: Int = 4) {
    self.cache = cache
    self.trainingCount = trainingCount
    self.epochs = epochs
  }

  /// The test glyphs it is judged on.
  public func testData(count: Int = 2000) throws -> Dataset {
    try Dataset.load(from: "glyphs", split: .test, options: LoadOptions(count: count, seed: 0))
  }

  /// The trained model: read from the cache, or trained now and put there.
  ///
  /// - Throws: why it could not be trained, read or written.
  public func classifier(progress: (Trainer.Progress) -> Void = { _ in }) throws -> FrozenNetwork {
    let network = SmallCNN(using: Generator(seed: 0, purpose: "weights"))
    let file = cache.appending(path: "reference-glyphs-\(trainingCount)x\(epochs)-v1.safetensors")
    if FileManager.default.fileExists(atPath: file.path) {
      try network.load(contentsOf: file)
    } else {
      try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
      try train(network, progress)
      try network.save(to: file)
    }
    return FrozenNetwork(network, inputShape: [1, 28, 28], classCount: 10)
  }

  private func train(_ network: SmallCNN, _ progress: (Trainer.Progress) -> Void) throws {
    let folder = cache.appending(path: "reference-training-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let data = try Dataset.load(
      from: "glyphs", split: .train, options: LoadOptions(count: trainingCount, seed: 0))
    var settings = TrainerSettings()
    settings.epochs = epochs
    settings.batchSize = 64
    settings.learningRate = LearningRate(2e-3, shape: .cosine)
    settings.checkpointEvery = .max
    let trainer = try Trainer(
      model: network, objective: Objective { CrossEntropy() }, training: data, evaluation: nil,
      settings: settings, context: Context(seed: 0), folder: folder, identity: "reference")
    _ = try trainer.run(progress: progress)
  }

  /// Whether the model has been trained before.
  public var isCached: Bool {
    FileManager.default.fileExists(
      atPath: cache.appending(path: "reference-glyphs-\(trainingCount)x\(epochs)-v1.safetensors")
        .path)
  }
}
