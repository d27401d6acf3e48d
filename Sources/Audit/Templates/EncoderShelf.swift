import Datasets
import Foundation
import Inversion
import Networks
import Torch

/// Encoders for an audit of templates: read from files, or trained once and kept in the cache, since the runs
/// of a sweep differ in the attack and not in what is attacked.
package struct EncoderShelf: Sendable {
  /// What encoders learn from.
  let images: Dataset
  /// Threads inside one operator.
  let threads: Int
  /// Where they are kept; encoders are not trained at all where it has nobody to tell, to measure time.
  let shelf: Shelf

  package init(images: Dataset, threads: Int, shelf: Shelf) {
    self.images = images
    self.threads = threads
    self.shelf = shelf
  }

  /// An encoder in a role; `nil` when somebody asked to stop.
  ///
  /// - Throws: why a file is no encoder of such images, `ModelError`, `TrainingError`, `InversionError`.
  package func template(_ settings: EncoderSettings, as role: String) throws -> (
    any TemplateEncoder
  )? {
    guard let path = settings.path else {
      return try network(settings, as: role).map {
        FrozenEncoder($0, name: role, inputShape: images.inputShape)
      }
    }
    try settings.checkPath(as: role)
    let url = URL(filePath: path, directoryHint: .checkFileSystem)
    if url.hasDirectoryPath {
      return try FrozenEncoder(run: url, name: role, inputShape: images.inputShape)
    }
    return try ScriptEncoder(
      contentsOf: url, example: images.batch(Array(0..<min(4, images.count))).inputs)
  }

  /// An encoder that is trained here; `nil` when somebody asked to stop.
  func network(_ settings: EncoderSettings, as role: String) throws -> (any Encoder)? {
    guard shelf.voice != nil else { return try training(settings).drawn() }
    guard try prepare([(role, settings)]) else { return nil }
    return try training(settings).trained(in: folder(of: settings))
  }

  /// Trains all of some encoders that nobody has trained yet.
  ///
  /// - Returns: whether all are there; false when somebody asked to stop.
  func prepare(_ wanted: [(role: String, settings: EncoderSettings)]) throws -> Bool {
    try shelf.prepare(
      wanted.filter { $0.settings.path == nil }.map { try item($0.settings, as: $0.role) })
  }

  /// An encoder as a thing on the shelf.
  func item(_ settings: EncoderSettings, as role: String) throws -> Shelf.Item {
    let (folder, training) = (try folder(of: settings), try training(settings))
    return Shelf.Item(
      role: "\(role) encoder", what: settings.model, folder: folder,
      isFinished: { training.isFinished(in: folder) },
      make: { [shelf] progress in
        try training.trained(
          in: folder, isStopRequested: shelf.isStopRequested, progress: progress) != nil
      })
  }

  private func training(_ settings: EncoderSettings) throws -> EncoderTraining {
    try EncoderTraining(settings, on: images, threads: threads, version: Audit.version)
  }

  private func folder(of settings: EncoderSettings) throws -> URL {
    shelf.cache.appending(path: "encoders/\(Audit.version)-\(EncoderTraining.format)")
      .appending(path: String(try training(settings).identity.prefix(24)))
  }
}
