import Foundation
import Networks

extension Trainer {
  /// Trains, and leaves the weights that the run ends with in a file and in the model: where they are averaged,
  /// the file alone has them otherwise.
  ///
  /// - Parameter url: the file of the weights, which is there only when all is done.
  /// - Returns: how the run ended; nothing is saved of one that was interrupted.
  /// - Throws: what ``run(progress:)`` throws, why the file cannot be written or read.
  public func run(
    savingTo url: URL, progress: (Progress) throws -> Void = { _ in }
  ) throws -> Outcome {
    let outcome = try run(progress: progress)
    if outcome != .interrupted { try keepFinalWeights(in: url) }
    return outcome
  }

  /// Leaves the weights that a run ended with in a file and in the model.
  ///
  /// - Throws: why the file cannot be written or read.
  public func keepFinalWeights(in url: URL) throws {
    try withFinalWeights { try given.save(to: url) }
    try given.load(contentsOf: url)
  }
}
