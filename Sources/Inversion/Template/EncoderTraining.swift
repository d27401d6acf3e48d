import Datasets
import Files
import Foundation
import Networks
import Torch
import Training

/// Trains an encoder on public people in a folder, or reads the one that was finished there before.
public struct EncoderTraining {
  /// What a finished encoder is told apart by beside settings, data and threads. To be raised with every change
  /// after which equal settings train other weights: of networks and their initial weights, terms, optimisers,
  /// the order of examples, augmentation, or the drawing of portraits. Encoders of another format are trained
  /// anew.
  public static let format = 1
  private static let file = "encoder.safetensors"
  private let settings: EncoderSettings
  private let data: Dataset
  /// What tells the encoder from others: settings, data, threads, the version of the package and ``format``.
  public let identity: String

  /// A training.
  ///
  /// - Parameters:
  ///   - threads: inside one operator; another number gives other bits.
  ///   - version: of the package; encoders of another one are trained anew.
  ///   - format: ``EncoderTraining/format``.
  /// - Throws: why the data have no digest.
  public init(
    _ settings: EncoderSettings, on data: Dataset, threads: Int, version: String = "",
    format: Int = format
  ) throws {
    self.settings = settings
    self.data = data
    let text = """
      \(try CanonicalJSON.text(of: settings)) \(threads) \(try data.fingerprint()) \(version) \(format)
      """
    identity = try Digest.hexadecimal(.sha256, of: Array(text.utf8))
  }

  /// The encoder with random weights.
  ///
  /// - Throws: `ModelError`.
  public func drawn() throws -> any Encoder {
    try ModelRegistry.encoder(
      settings.model, inputShape: data.inputShape, options: settings.options,
      using: Generator(seed: settings.seed, purpose: "weights"))
  }

  /// Whether somebody has finished it in a folder.
  public func isFinished(in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: Self.file).path)
  }

  /// Trains, goes on from a checkpoint, or reads what is finished.
  ///
  /// - Parameters:
  ///   - folder: for checkpoints and the finished weights; it must exist.
  ///   - progress: told the steps done and those in all.
  /// - Returns: the encoder; `nil` when somebody asked to stop.
  /// - Throws: `ModelError`, `TrainingError`, why files cannot be read or written.
  public func trained(
    in folder: URL, isStopRequested: @escaping @Sendable () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> (any Encoder)? {
    let encoder = try drawn()
    let weights = folder.appending(path: Self.file)
    if isFinished(in: folder) {
      try encoder.load(contentsOf: weights)
      return encoder
    }
    let loss = try settings.loss()
    let trainer = try Trainer(
      model: encoder, objective: Objective { loss }, training: data, evaluation: nil,
      augmentation: try TrainingRecipe.makeAugmentation(
        shift: settings.shift, flip: settings.flip), settings: settings.training,
      context: Context(seed: settings.seed), folder: folder, identity: identity,
      isStopRequested: isStopRequested)
    let outcome = try trainer.run(savingTo: weights) { progress($0.step, $0.totalSteps) }
    return outcome == .interrupted ? nil : encoder
  }
}
