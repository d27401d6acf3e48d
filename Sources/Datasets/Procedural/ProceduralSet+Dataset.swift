import Torch

extension ProceduralSet {
  /// Draws the first examples of a part as a data set.
  ///
  /// Images (examples with channels, rows and columns) become uint8 `[N, C, H, W]`, rounded to the
  /// nearest of 256 levels; other examples become float32 `[N, D]` of any range.
  ///
  /// - Parameters:
  ///   - name: what to call it; the set's own name when `nil`.
  ///   - count: how many, at least 1.
  ///   - seed: the seed; other seeds give independent examples.
  ///   - part: examples to train, choose settings or test on, which never overlap.
  /// - Throws: ``ProceduralError`` when they cannot be drawn, `DatasetError` when there are none.
  public func dataset(
    named name: String? = nil, count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> Dataset {
    let sample = try draw(count, seed: seed, part: part)
    let isImage = exampleShape.count == 3
    let values: Examples.Values =
      isImage
      ? .bytes(sample.inputs.map { UInt8(($0 * 255).rounded()) }) : .floats(sample.inputs)
    return try Dataset(
      Examples(
        name: name ?? Self.name, part: part.datasetPart, values: values, inputShape: exampleShape,
        labels: sample.labels.map(Int64.init), classNames: classNames),
      range: isImage ? 0...1 : Dataset.unbounded)
  }

  /// Draws a train and a test part, which never overlap.
  ///
  /// - Throws: as `dataset(count:seed:part:)`.
  public func split(
    train: Int, test: Int, seed: UInt64
  ) throws -> (train: Dataset, test: Dataset) {
    (
      try dataset(count: train, seed: seed, part: .train),
      try dataset(count: test, seed: seed, part: .test)
    )
  }
}

extension ProceduralPart {
  /// The same part of a data set of any kind.
  public var datasetPart: DatasetPart {
    switch self {
    case .train: .train
    case .validation: .validation
    case .test: .test
    }
  }
}
