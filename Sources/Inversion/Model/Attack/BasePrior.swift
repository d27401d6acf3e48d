import Datasets
import Diffusion
import Files
import Foundation
import Networks
import Torch
import Training

/// The first stage of a target's prior: a denoiser of public images without classes, in which no target has a say,
/// so that targets and defences share it.
public struct BasePrior {
  private static let file = "base.safetensors"
  private let recipe: ModelRecipe
  private let images: Dataset
  private let workers: Int
  /// What tells it from others: settings, images and threads.
  public let identity: String

  /// A stage.
  ///
  /// - Parameters:
  ///   - threads: inside one operator; another number gives other bits.
  ///   - workers: that share batches out.
  ///   - version: of what trains; stages of another one are trained anew.
  /// - Throws: why the images have no digest.
  public init(
    _ recipe: ModelRecipe, on images: Dataset, threads: Int, workers: Int, version: String
  ) throws {
    self.recipe = recipe
    self.images = images
    self.workers = workers
    var settings = recipe.prior
    // What comes after.
    settings.training = .init()
    (settings.chosen, settings.share, settings.dropout) = (0, 0, 0)
    let text = try CanonicalJSON.text(of: settings)
    identity = "\(text) \(threads) \(try images.fingerprint()) \(version)"
  }

  /// Whether somebody has finished it in a folder.
  public func isFinished(in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: Self.file).path)
  }

  /// Trains, goes on from a checkpoint, or reads what is finished.
  ///
  /// - Returns: the denoiser; `nil` when somebody asked to stop.
  /// - Throws: `DiffusionError`, `TrainingError`, why files cannot be read or written.
  public func trained(
    in folder: URL, isStopRequested: @escaping @Sendable () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> DenoisingNetwork? {
    let network = try drawn()
    let weights = folder.appending(path: Self.file)
    if isFinished(in: folder) {
      try network.load(contentsOf: weights)
      return network
    }
    var draw = NoiseDraw()
    draw.levels = recipe.prior.noise
    let trainer = try Trainer(
      model: network, objective: Objective([try Denoising(draw).weighted(1)]), training: images,
      evaluation: nil, settings: recipe.prior.base,
      context: Context(seed: recipe.prior.seed, workers: workers), folder: folder,
      identity: identity, isStopRequested: isStopRequested)
    let outcome = try trainer.run(savingTo: weights) { progress($0.step, $0.totalSteps) }
    return outcome == .interrupted ? nil : network
  }

  /// The denoiser with random weights.
  ///
  /// - Throws: `DiffusionError`.
  public func drawn() throws -> DenoisingNetwork {
    try TargetPrior.description(recipe, images, classes: nil).makeNetwork(
      using: Generator(seed: recipe.prior.seed, purpose: "weights"))
  }
}
