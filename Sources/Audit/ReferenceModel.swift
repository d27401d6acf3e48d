import Datasets
import Foundation
import Networks
import Perturbations
import Torch
import Training

/// The built-in model on the built-in data: a small CNN trained on glyphs, so that an audit can be
/// tried before one has a model.
public struct ReferenceModel: Sendable {
  private let cache: URL
  private let trainingCount: Int
  private let epochs: Int
  private let training: Training

  /// What the model is trained on.
  public enum Training: Sendable, Equatable {
    /// Clean glyphs.
    case clean
    /// Glyphs after one gradient step of the radius, in the maximum norm.
    case singleStep(radius: Double)
    /// Glyphs after several gradient steps from a random point of the ball, in the maximum norm.
    case projected(radius: Double, steps: Int)

    /// A few words for people.
    public var name: String {
      switch self {
      case .clean: "on clean digits"
      case .singleStep(let radius): "against single steps of \(radius)"
      case .projected(let radius, let steps): "against \(steps) steps within \(radius)"
      }
    }

    fileprivate var suffix: String {
      switch self {
      case .clean: ""
      case .singleStep(let radius): "-fgsm-\(radius)"
      case .projected(let radius, let steps): "-pgd-\(radius)-\(steps)"
      }
    }

    fileprivate var objective: Objective {
      let (radius, steps): (Double, Int)
      switch self {
      case .clean: return Objective { CrossEntropy() }
      case .singleStep(let size): (radius, steps) = (size, 1)
      case .projected(let size, let number): (radius, steps) = (size, number)
      }
      return Objective {
        AdversarialCrossEntropy(
          name: "adversarial", norm: LInf(), radius: radius, steps: steps,
          hasRandomStart: steps > 1)
      }
    }
  }

  /// The model, kept in a folder between runs.
  ///
  /// - Parameters:
  ///   - cache: the folder.
  ///   - trainingCount: how many glyphs it is trained on.
  ///   - epochs: how often it sees them.
  ///   - training: what it is trained on.
  public init(
    cache: URL, trainingCount: Int = 12_000, epochs: Int = 4, training: Training = .clean
  ) {
    self.training = training
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
    if FileManager.default.fileExists(atPath: file.path) {
      try network.load(contentsOf: file)
    } else {
      try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
      if training != .clean { try start(network) }
      try train(network, progress)
      try network.save(to: file)
    }
    return FrozenNetwork(network, inputShape: [1, 28, 28], classCount: 10)
  }

  private var file: URL {
    cache.appending(
      path: "reference-glyphs-\(trainingCount)x\(epochs)\(training.suffix)-v1.safetensors")
  }

  /// Adversarial training that starts from random weights can stay at chance for a long time; that of a
  /// trained model does not.
  private func start(_ network: SmallCNN) throws {
    let clean = ReferenceModel(cache: cache)
    _ = try clean.classifier()
    try network.load(contentsOf: clean.file)
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
      model: network, objective: training.objective, training: data, evaluation: nil,
      settings: settings, context: Context(seed: 0), folder: folder, identity: "reference")
    _ = try trainer.run(progress: progress)
  }

  /// Whether the model has been trained before.
  public var isCached: Bool { FileManager.default.fileExists(atPath: file.path) }
}
