import Foundation
import Torch

/// A folder in which an evaluation keeps what it has finished, so that one that was interrupted goes on.
///
/// Every chunk of every attack is a safetensors file of its own, which appears whole or not at all.
/// Results depend on examples and not on chunks, so an evaluation that goes on ends with the same numbers.
public struct AttackJournal: Sendable {
  private let folder: URL
  private let fingerprint: String

  /// A journal in a folder, which is made when it is not there.
  ///
  /// - Parameter fingerprint: everything that results depend on: model, data, attack, ball, seed.
  /// - Throws: ``PerturbationError/journal(folder:)`` when the folder holds the journal of another
  ///   evaluation; what the file system throws.
  public init(folder: URL, fingerprint: String) throws {
    self.folder = folder
    self.fingerprint = fingerprint
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "fingerprint.txt")
    if let found = try? Data(contentsOf: file) {
      guard String(decoding: found, as: UTF8.self) == fingerprint else {
        throw PerturbationError.journal(folder: folder.path)
      }
    } else {
      try AtomicFile.write(Data(fingerprint.utf8), to: file)
    }
  }

  private init(stage: URL, fingerprint: String) {
    folder = stage
    self.fingerprint = fingerprint
  }

  /// The part of the journal that belongs to one attack of an ensemble.
  public func stage(_ name: String) throws -> AttackJournal {
    let stage = folder.appending(path: name)
    try FileManager.default.createDirectory(at: stage, withIntermediateDirectories: true)
    return AttackJournal(stage: stage, fingerprint: fingerprint)
  }

  private func file(of indices: [Int]) -> URL {
    folder.appending(path: "examples-\(indices.first ?? 0)-\(indices.last ?? 0).safetensors")
  }

  /// What an earlier run found for a chunk; `nil` where it did not come so far.
  ///
  /// - Throws: `SafeTensorsError` for a file that is damaged.
  func result(of chunk: Batch) throws -> AttackResult? {
    let url = file(of: chunk.indices)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let (tensors, metadata) = try SafeTensors.read(url)
    func integers(_ name: String) -> [Int]? { tensors[name]?.values(as: Int.self) }
    guard let adversarial = tensors["adversarial"], let indices = integers("index"),
      indices == chunk.indices, let success = tensors["success"]?.values(as: Bool.self),
      let distance = tensors["distance"]?.values(as: Double.self),
      let iterations = integers("iterations"), let queries = integers("queries"),
      let gradients = integers("gradients")
    else { return nil }
    let names = metadata["brokenBy"]?.split(separator: " ", omittingEmptySubsequences: false)
    return AttackResult(
      indices: indices, adversarial: adversarial, success: success,
      distance: distance.map { $0.isNaN ? nil : $0 }, iterations: iterations, queries: queries,
      gradients: gradients, brokenBy: (names ?? []).map { $0 == "-" ? nil : String($0) })
  }

  /// Keeps what was found for a chunk.
  func store(_ result: AttackResult) throws {
    try SafeTensors.write(
      [
        "adversarial": result.adversarial.to(.cpu), "index": Tensor(result.indices),
        "success": Tensor(result.success), "distance": Tensor(result.distance.map { $0 ?? .nan }),
        "iterations": Tensor(result.iterations), "queries": Tensor(result.queries),
        "gradients": Tensor(result.gradients),
      ], metadata: ["brokenBy": result.brokenBy.map { $0 ?? "-" }.joined(separator: " ")],
      to: file(of: result.indices))
  }
}
