import Foundation
import Torch

/// Taking over what another network of the same kind has learned on other classes.
extension Layer {
  /// Layers of a chain that have weights, by their place; normalisation belongs to the one before it.
  package var weightedStages: [Int] {
    let stages = flatStages
    return stages.indices.filter { !stages[$0].parameters.isEmpty && !(stages[$0] is BatchNorm) }
  }

  /// Takes over weights and buffers of all layers but the last one with weights, which stays as it is: its
  /// outputs are of other classes.
  ///
  /// - Throws: ``StateError`` when names are missing, unexpected, or have another shape; nothing is changed
  ///   then.
  public func loadBody(
    _ state: [String: Tensor], source: String = "the state"
  ) throws(StateError) {
    let stages = flatStages
    let last = weightedStages.last.map { stages[$0...] } ?? []
    let boxes = Set(last.flatMap(\.parameters).map(ObjectIdentifier.init))
    let buffers = Set(last.flatMap(\.namedBuffers).map { ObjectIdentifier($0.buffer) })
    let own =
      namedParameters.filter { boxes.contains(ObjectIdentifier($0.parameter)) }.map(\.name)
      + namedBuffers.filter { buffers.contains(ObjectIdentifier($0.buffer)) }.map(\.name)
    let kept = self.state()
    var merged = state
    for name in own { merged[name] = kept[name] }
    try load(merged, source: source)
  }

  /// The same from a safetensors file, or from the folder of a run that has one.
  ///
  /// - Throws: ``StateError``, or why the file cannot be read.
  public func loadBody(contentsOf place: URL) throws {
    let url = SafeTensors.weights(at: place)
    try loadBody(SafeTensors.read(url).tensors, source: url.path)
  }

  /// The network with its first layers untrained, and the weights that are left to train.
  ///
  /// - Parameter count: how many layers with weights stay as they are, each with the normalisation, activation
  ///   and pooling after it.
  /// - Returns: `nil` unless that is from 1 to one less than there are.
  package func withUntrained(first count: Int) -> (network: Sequential, trained: [Parameter])? {
    let (stages, weighted) = (flatStages, weightedStages)
    guard count >= 1, count < weighted.count else { return nil }
    let cut = weighted[count]
    return (
      Sequential(stages[..<cut].map { UntrainedLayer($0) } + Array(stages[cut...])),
      stages[cut...].flatMap(\.parameters)
    )
  }
}

extension SafeTensors {
  /// The file with the weights of a run's folder; the place itself where it is no folder.
  package static func weights(at place: URL) -> URL {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? place.appending(path: "model.safetensors") : place
  }
}
