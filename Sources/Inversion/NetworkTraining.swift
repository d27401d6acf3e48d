import Datasets
import Files
import Foundation
import Networks
import Torch
import Training

/// How networks of one kind are trained, whatever on: shadow models, and what learns from reconstructions.
public struct NetworkTraining: Sendable {
  /// Makes a network with random weights for inputs of a shape and so many classes.
  public typealias Model =
    @Sendable (_ inputShape: [Int], _ classCount: Int, _ generator: Generator) throws -> any Layer

  /// How a run goes.
  public var settings: TrainerSettings
  /// What is done to images while training.
  public var augmentation: Augmentation?
  /// Asked between steps; a training then ends with a checkpoint, and `CancellationError` where nobody can be told.
  public var isStopRequested: @Sendable () -> Bool = { false }
  var model: Model
  var objective: @Sendable () throws -> Objective
  /// The weights that all layers but the last one start from; drawn at random when `nil`.
  private var start: [String: Tensor]?

  /// A training.
  ///
  /// - Parameters:
  ///   - objective: what is minimised; the cross-entropy when left out.
  ///   - model: a new network at every call.
  public init(
    settings: TrainerSettings, augmentation: Augmentation? = nil,
    objective: @escaping @Sendable () throws -> Objective = { Objective { CrossEntropy() } },
    model: @escaping Model
  ) {
    self.settings = settings
    self.augmentation = augmentation
    self.objective = objective
    self.model = model
  }

  /// The model, objective, augmentation and settings of a recipe; its data and seed are not used.
  ///
  /// - Throws: `TrainingError`, `DatasetError` for a recipe that cannot be.
  public init(_ recipe: TrainingRecipe) throws {
    try self.init(
      of: recipe.model, objective: recipe.objective, settings: recipe.training,
      augmentation: recipe.makeAugmentation())
  }

  /// A training of a network that is known by name, with terms that are.
  ///
  /// - Throws: `TrainingError` for settings and terms that cannot be.
  public init(
    of model: TrainingRecipe.Model, objective: [TrainingRecipe.TermEntry],
    settings: TrainerSettings, augmentation: Augmentation?
  ) throws {
    try settings.validate()
    _ = try TrainingRecipe.makeObjective(of: objective)
    self.init(
      settings: settings, augmentation: augmentation,
      objective: { try TrainingRecipe.makeObjective(of: objective) },
      model: { shape, classes, generator in
        try ModelRegistry.model(
          model.name, inputShape: shape, classCount: classes, options: model.options ?? [:],
          using: generator)
      })
  }

  /// A small convolutional network, for square images whose side divides by 4, and 600 steps with Adam.
  public static let small = NetworkTraining(settings: .small) { shape, classes, generator in
    guard shape.count == 3, shape[1] == shape[2], shape[1] % 4 == 0 else {
      throw InversionError.setting(
        name: "shape of the images", value: "\(shape)",
        allowed: "[C, S, S] with S a multiple of 4; give a training for others")
    }
    return SmallCNN(
      channels: shape[0], side: shape[1], classCount: classes, width: 16, hidden: 64,
      using: generator)
  }

  /// The same training, which starts from what a network of the same kind has learned on other classes: all
  /// layers but the last one with weights.
  ///
  /// With `settings.freeze` the first layers stay as that network has them.
  public func starting(from network: FrozenNetwork) -> NetworkTraining {
    var training = self
    training.start = network.source.state()
    return training
  }

  /// What DP-SGD guarantees of such a training on data; `nil` without `settings.privacy`.
  public func privacyGuarantee(on data: Dataset) -> PrivacyGuarantee? {
    settings(for: data).privacyGuarantee(examples: data.count)
  }

  /// The settings, with batches that are not larger than the data.
  package func settings(for data: Dataset) -> TrainerSettings {
    var settings = settings
    settings.batchSize = min(settings.batchSize, data.count)
    return settings
  }

  /// A network trained on data.
  ///
  /// - Parameters:
  ///   - seed: of weights, order, dropout and augmentation.
  ///   - folder: where checkpoints go, from which a run that was killed goes on; a temporary one that is removed
  ///     when `nil`.
  ///   - identity: what tells the run from others in that folder.
  /// - Throws: `TrainingError`, `ModelError`, why files cannot be read or written; `CancellationError` when
  ///   somebody asked to stop.
  public func trained(
    on data: Dataset, seed: UInt64, folder: URL? = nil, identity: String = "network"
  ) throws -> FrozenNetwork {
    guard let folder else {
      return try TemporaryFolder.with {
        try trained(on: data, seed: seed, folder: $0, identity: identity)
      }
    }
    let network = try trained(
      on: data, seed: seed, in: folder, identity: identity, isStopRequested: isStopRequested)
    guard let network else { throw CancellationError() }
    return network
  }

  /// A network trained on data, from a checkpoint or what is finished where there is such.
  ///
  /// - Parameters:
  ///   - folder: where checkpoints and finished weights go.
  ///   - progress: told the steps done and those in all.
  /// - Returns: `nil` when somebody asked to stop.
  /// - Throws: as the other form.
  public func trained(
    on data: Dataset, seed: UInt64, in folder: URL, identity: String,
    isStopRequested: @escaping @Sendable () -> Bool, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> FrozenNetwork? {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let network = try model(
      data.inputShape, data.classNames.count, Generator(seed: seed, purpose: "weights"))
    if let start { try network.loadBody(start, source: "the network to start from") }
    let weights = try file(of: identity, in: folder)
    let identity = try full(identity)
    if FileManager.default.fileExists(atPath: weights.path) {
      try network.load(contentsOf: weights)
    } else {
      let outcome = try Trainer(
        model: network, objective: objective(), training: data, evaluation: nil,
        augmentation: augmentation, settings: settings(for: data), context: Context(seed: seed),
        folder: folder, identity: identity, isStopRequested: isStopRequested
      ).run(savingTo: weights) { progress($0.step, $0.totalSteps) }
      if outcome == .interrupted { return nil }
    }
    return FrozenNetwork(
      network, inputShape: data.inputShape, classCount: data.classNames.count)
  }

  /// The network with random weights.
  ///
  /// - Throws: `ModelError`.
  public func drawn(for data: Dataset, seed: UInt64) throws -> FrozenNetwork {
    let network = try model(
      data.inputShape, data.classNames.count, Generator(seed: seed, purpose: "weights"))
    return FrozenNetwork(
      network, inputShape: data.inputShape, classCount: data.classNames.count)
  }

  /// Whether somebody has finished it in a folder.
  public func isFinished(_ identity: String, in folder: URL) throws -> Bool {
    FileManager.default.fileExists(atPath: try file(of: identity, in: folder).path)
  }

  /// The identity of a run, also by what it starts from.
  private func full(_ identity: String) throws -> String {
    guard let start else { return identity }
    return "\(identity) from \(try WeightDigest.of(start))"
  }

  private func file(of identity: String, in folder: URL) throws -> URL {
    let digest = try Digest.hexadecimal(.sha256, of: Array(full(identity).utf8)).prefix(16)
    return folder.appending(path: "finished-\(digest).safetensors")
  }
}

extension TrainerSettings {
  /// What is enough for a small network on some hundred to a few thousand images.
  fileprivate static var small: TrainerSettings {
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize) = (600, 32)
    settings.learningRate = LearningRate(2e-3, shape: .cosine)
    return settings
  }
}
