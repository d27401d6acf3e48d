import Datasets
import Foundation
import Inversion
import Networks
import Runs
import Torch

/// Encoders for an audit of templates: read from files, or trained once and kept in the cache, since the runs
/// of a sweep differ in the attack and not in what is attacked.
package struct EncoderShelf: Sendable {
  /// What encoders learn from.
  let images: Dataset
  /// The folder of the cache.
  let cache: URL
  /// Threads inside one operator.
  let threads: Int
  /// Whom to tell; encoders are not trained at all where there is nobody, to measure time.
  let voice: (any RunVoice)?
  let isStopRequested: @Sendable () -> Bool

  package init(
    images: Dataset, cache: URL, threads: Int, voice: (any RunVoice)?,
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) {
    self.images = images
    self.cache = cache
    self.threads = threads
    self.voice = voice
    self.isStopRequested = isStopRequested
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
    let url = URL(filePath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InversionError.noEncoder(path: path, role: role)
    }
    if isFolder.boolValue {
      return try FrozenEncoder(run: url, name: role, inputShape: images.inputShape)
    }
    return try ScriptEncoder(
      contentsOf: url, example: images.batch(Array(0..<min(4, images.count))).inputs)
  }

  /// An encoder that is trained here; `nil` when somebody asked to stop.
  func network(_ settings: EncoderSettings, as role: String) throws -> (any Encoder)? {
    guard voice != nil else { return try training(settings).drawn() }
    guard try prepare([(role, settings)]) else { return nil }
    return try training(settings).trained(in: folder(of: settings))
  }

  /// Trains all of some encoders that nobody has trained yet; other runs of a sweep take others of them.
  ///
  /// - Returns: whether all are there; false when somebody asked to stop.
  func prepare(_ wanted: [(role: String, settings: EncoderSettings)]) throws -> Bool {
    guard let voice else { return true }
    var waiting = wanted.filter { $0.settings.path == nil }
    while !waiting.isEmpty {
      var rest: [(role: String, settings: EncoderSettings)] = []
      for (role, settings) in waiting {
        if isStopRequested() { return false }
        switch try train(settings, as: role, voice) {
        case .done: break
        case .busy: rest.append((role, settings))
        case .interrupted: return false
        }
      }
      if rest.count == waiting.count { Thread.sleep(forTimeInterval: 0.2) }
      waiting = rest
    }
    return true
  }

  private enum Outcome { case done, busy, interrupted }

  private func train(
    _ settings: EncoderSettings, as role: String, _ voice: any RunVoice
  ) throws -> Outcome {
    let folder = try folder(of: settings)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard let lock = RunLock(in: folder) else { return .busy }
    return try withExtendedLifetime(lock) {
      let training = try training(settings)
      if training.isFinished(in: folder) { return .done }
      voice.say("\(role) encoder: \(settings.model), in \(folder.path)")
      let encoder = try training.trained(
        in: folder, isStopRequested: isStopRequested
      ) { voice.update($0, of: $1, "\(role) encoder") }
      return encoder == nil ? .interrupted : .done
    }
  }

  private func training(_ settings: EncoderSettings) throws -> EncoderTraining {
    try EncoderTraining(settings, on: images, threads: threads, version: Audit.version)
  }

  private func folder(of settings: EncoderSettings) throws -> URL {
    cache.appending(path: "encoders/\(Audit.version)-\(EncoderTraining.format)")
      .appending(path: String(try training(settings).identity.prefix(24)))
  }
}
