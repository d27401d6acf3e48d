import Torch

extension Graph {
  /// The parts that nodes are divided into; `all` alone where they are not.
  public var parts: Set<DatasetPart> {
    let parts = split.filter { !$0.value.isEmpty }.keys
    return parts.isEmpty ? [.all] : Set(parts)
  }

  /// The numbers of some nodes as examples: inputs `[N]` int64 and their classes.
  ///
  /// - Parameter part: which nodes; `all` means every node, also those in no part. Nil takes the test
  ///   nodes where there are some, and all otherwise.
  /// - Throws: `DatasetError` (badSetting) when there is no such part.
  public func dataset(_ part: DatasetPart? = nil) throws -> Dataset {
    let chosen: (part: DatasetPart, nodes: [Int])
    if part == .all {
      chosen = (.all, Array(labels.indices))
    } else {
      let resolved = try DatasetPart.resolve(part, among: parts, in: name)[0]
      chosen = (resolved, split[resolved] ?? Array(labels.indices))
    }
    return try Dataset(
      name: name, inputs: Tensor(chosen.nodes.map(Int64.init)),
      labels: Tensor(chosen.nodes.map { Int64(labels[$0]) }), classNames: classNames,
      part: chosen.part)
  }
}
