import Torch

/// The mean and the standard deviation of every column of a table: fitted to the training part alone,
/// then applied to every part, so that nothing about the test examples leaks into training.
public struct Standardisation: Sendable, Equatable, Codable {
  /// The mean of every column.
  public let mean: [Float]
  /// The standard deviation of every column (divided by the count), one where a column is constant.
  public let standardDeviation: [Float]

  /// The columns of a data set.
  ///
  /// - Parameter data: float32 inputs `[N, D]`.
  /// - Throws: `DatasetError` (unsupported) for images and indices.
  public init(fittedTo data: Dataset) throws {
    try Self.check(data)
    let values = data.inputs.to(.float64)
    let mean = values.mean(along: 0)
    let variance = (values - mean).squared().mean(along: 0)
    self.mean = mean.values(as: Float.self)
    standardDeviation = variance.sqrt().values(as: Float.self).map { $0 > 0 ? $0 : 1 }
  }

  /// The data set with `(x - mean) / standardDeviation` in place of every value x.
  ///
  /// - Throws: `DatasetError` (unsupported, countsDiffer) when the data set is not a table with as many
  ///   columns.
  public func applied(to data: Dataset) throws -> Dataset {
    try Self.check(data)
    guard data.inputs.size(1) == mean.count else {
      throw DatasetError(
        .countsDiffer, in: data.name,
        "has \(data.inputs.size(1)) columns, but was to be standardised by those of \(mean.count)",
        remedy: "fit the standardisation to the training part of the same data")
    }
    return data.with(inputs: (data.inputs - Tensor(mean)) / Tensor(standardDeviation))
  }

  private static func check(_ data: Dataset) throws {
    guard data.inputs.dtype == .float32, data.inputs.rank == 2 else {
      throw DatasetError(
        .unsupported, in: data.name,
        "has \(data.inputs.dtype) inputs of shape \(data.inputShape), which have no columns",
        remedy: "standardise tables only; images are in 0...1 already")
    }
  }
}
