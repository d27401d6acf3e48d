import Torch

extension Portraits {
  /// Portraits with what one can see on them as labels, several of which may hold at once
  /// (``attributeNames``), such as glasses, a beard and a smile.
  ///
  /// - Parameters:
  ///   - count: how many, at least 1.
  ///   - seed: of people and pictures.
  ///   - part: pictures to train, choose settings or test on, which never overlap.
  /// - Throws: ``ProceduralError`` when they cannot be drawn, `DatasetError` when there are none.
  public func attributeDataset(
    count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> Dataset {
    let sample = try draw(count, seed: seed, part: part)
    let targets = sample.truth.flatMap { $0.attributes.map { Float($0 ? 1 : 0) } }
    return try Dataset(
      name: "portrait-attributes",
      inputs: Tensor(sample.inputs.map { UInt8(($0 * 255).rounded()) }, shape: sample.shape),
      targets: Tensor(targets, shape: [sample.count, Self.attributeNames.count]),
      labelNames: Self.attributeNames, part: part.datasetPart)
  }
}
