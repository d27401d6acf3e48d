/// Examples that are handled together.
public struct Batch: Sendable {
  /// The inputs, `[count, …]`.
  public let inputs: Tensor
  /// The classes, `[count]`, int64.
  public let labels: Tensor
  /// Which examples of the data set these are: random streams depend on them, not on the position
  /// in the batch.
  public let indices: [Int]

  /// A batch of as many inputs, labels and indices.
  public init(inputs: Tensor, labels: Tensor, indices: [Int]) {
    precondition(inputs.size(0) == indices.count && labels.size(0) == indices.count)
    self.inputs = inputs
    self.labels = labels
    self.indices = indices
  }

  /// The number of examples.
  public var count: Int { indices.count }

  /// The examples at some positions of this batch.
  public func selecting(_ positions: [Int]) -> Batch {
    Batch(
      inputs: inputs.selecting(rows: positions), labels: labels.selecting(rows: positions),
      indices: positions.map { indices[$0] })
  }
}
