import ArgumentParser
import Audit
import Datasets
import Foundation
import Inversion
import Networks
import Runs
import Torch

/// Encoders for an audit of templates: read from files, or trained once and kept in the cache, since the runs
/// of a sweep differ in the attack and not in what is attacked.
struct EncoderShelf {
  /// What encoders learn from.
  let images: Dataset
  /// Threads inside one operator.
  let threads: Int
  /// Whom to tell; encoders are not trained at all where there is nobody, to measure time.
  let session: RunSession?

  /// An encoder in a role; `nil` when somebody asked to stop.
  ///
  /// - Throws: why a file is no encoder of such images, `ModelError`, `TrainingError`, `InversionError`.
  func template(_ settings: EncoderSettings, as role: String) throws -> (any TemplateEncoder)? {
    guard let path = settings.path else {
      return try network(settings, as: role).map {
        FrozenEncoder($0, name: role, inputShape: images.inputShape)
      }
    }
    let url = URL(filePath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ValidationError(
        "\(path) is not there; encoders.\(role).path is the folder of a run or a TorchScript file")
    }
    if isFolder.boolValue { return try finished(url, as: role) }
    return try ScriptEncoder(
      contentsOf: url, example: images.batch(Array(0..<min(4, images.count))).inputs)
  }

  /// An encoder that is trained here; `nil` when somebody asked to stop.
  func network(_ settings: EncoderSettings, as role: String) throws -> (any Encoder)? {
    guard session != nil else { return try training(settings).drawn() }
    guard try prepare([(role, settings)]) else { return nil }
    return try training(settings).trained(in: folder(of: settings))
  }

  /// Trains all of some encoders that nobody has trained yet; other runs of a sweep take others of them.
  ///
  /// - Returns: whether all are there; false when somebody asked to stop.
  func prepare(_ wanted: [(role: String, settings: EncoderSettings)]) throws -> Bool {
    guard let session else { return true }
    var waiting = wanted.filter { $0.settings.path == nil }
    while !waiting.isEmpty {
      var rest: [(role: String, settings: EncoderSettings)] = []
      for (role, settings) in waiting {
        if session.isStopRequested() { return false }
        switch try train(settings, as: role, session) {
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
    _ settings: EncoderSettings, as role: String, _ session: RunSession
  ) throws -> Outcome {
    let folder = try folder(of: settings)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard let lock = RunLock(in: folder) else { return .busy }
    return try withExtendedLifetime(lock) {
      session.say("\(role) encoder: \(settings.model), in \(folder.path)")
      let encoder = try training(settings).trained(
        in: folder, isStopRequested: session.isStopRequested
      ) { session.update($0, of: $1, "\(role) encoder") }
      return encoder == nil ? .interrupted : .done
    }
  }

  private func training(_ settings: EncoderSettings) throws -> EncoderTraining {
    try EncoderTraining(settings, on: images, threads: threads)
  }

  private func folder(of settings: EncoderSettings) throws -> URL {
    Folders.cache.appending(path: "encoders/\(Audit.version)")
      .appending(path: String(try training(settings).identity.prefix(24)))
  }

  /// The encoder that a run of touchstone train left.
  private func finished(_ folder: URL, as role: String) throws -> FrozenEncoder {
    let file = folder.appending(path: "model.json")
    guard let data = FileManager.default.contents(atPath: file.path),
      let description = try? JSONDecoder().decode(ModelDescription.self, from: data),
      description.embeddingSize != nil
    else {
      throw ValidationError(
        "\(file.path) is not there or not the description of an encoder; give the folder of a finished "
          + "run of an encoder's recipe, or a TorchScript file")
    }
    guard description.inputShape == images.inputShape else {
      throw ValidationError(
        "the encoder in \(folder.path) takes images of shape \(description.inputShape), but the data "
          + "have \(images.inputShape)")
    }
    let encoder = try ModelRegistry.encoder(
      description.name, inputShape: description.inputShape, options: description.options,
      using: Generator(seed: 0, purpose: "weights"))
    try encoder.load(contentsOf: folder.appending(path: "model.safetensors"))
    return FrozenEncoder(encoder, name: role, inputShape: description.inputShape)
  }
}
