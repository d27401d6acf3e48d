import Foundation
import Torch

/// A state of a run from which it goes on bit for bit.
///
/// Tensors are in `checkpoint-STEP.safetensors`, everything else in `checkpoint-STEP.json`, which is
/// written last: a checkpoint without it does not exist.
struct Checkpoint: Codable {
  /// The number of steps that were done.
  var step: Int
  /// The length of `metrics.csv` then.
  var metricsLength: UInt64
  /// What the run is: a digest of its settings and data.
  var identity: String
  /// The best evaluation so far and the step it was made at.
  var best: Evaluation?
  /// Evaluations without an improvement since.
  var evaluationsSinceBest: Int

  /// An evaluation at a step.
  struct Evaluation: Codable, Equatable {
    var step: Int
    var accuracy: Double
  }

  private static func name(_ step: Int, _ suffix: String) -> String {
    let digits = "\(step)"
    return "checkpoint-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
      + "." + suffix
  }

  /// Writes the checkpoint and removes all but the newest `keeping`.
  func save(_ tensors: [String: Tensor], in folder: URL, keeping: Int) throws {
    try SafeTensors.write(
      tensors, metadata: [:], to: folder.appending(path: Self.name(step, "safetensors")))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(
      encoder.encode(self), to: folder.appending(path: Self.name(step, "json")))
    let kept = Self.steps(in: folder).suffix(max(1, keeping))
    let names = Set(kept.flatMap { [Self.name($0, "json"), Self.name($0, "safetensors")] })
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    // JSON goes first, so that none is ever without its tensors.
    for suffix in ["json", "safetensors"] {
      for file in files
      where file.hasPrefix("checkpoint-") && file.hasSuffix(".\(suffix)") && !names.contains(file) {
        try? FileManager.default.removeItem(at: folder.appending(path: file))
      }
    }
  }

  /// The newest checkpoint in a folder, or `nil` when there is none.
  static func latest(in folder: URL) throws -> (Checkpoint, [String: Tensor])? {
    guard let step = steps(in: folder).last else { return nil }
    let url = folder.appending(path: name(step, "json"))
    do {
      let checkpoint = try JSONDecoder().decode(Checkpoint.self, from: Data(contentsOf: url))
      let tensors = try SafeTensors.read(folder.appending(path: name(step, "safetensors"))).tensors
      return (checkpoint, tensors)
    } catch {
      throw TrainingError.checkpoint(path: url.path, reason: "\(error)")
    }
  }

  /// The names of the files that a run goes on from; none where there is no checkpoint.
  static func files(in folder: URL) throws -> [String] {
    guard let step = steps(in: folder).last else { return [] }
    return ["metrics.csv", name(step, "safetensors"), name(step, "json")]
  }

  private static func steps(in folder: URL) -> [Int] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasPrefix("checkpoint-") && $0.hasSuffix(".json") }
      .compactMap { Int($0.dropFirst("checkpoint-".count).dropLast(".json".count)) }.sorted()
  }
}
