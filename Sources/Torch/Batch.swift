/// Examples that are handled together.
public struct Batch: Sendable {
  /// The inputs, `[count, …]`.
  public let inputs: Tensor
  /// The classes, `[count]`, int64; zeros where there are ``targets``.
  public let labels: Tensor
  /// Which labels each example has, `[count, K]`, float32, one where it is there and zero where not;
  /// `nil` where every example has one class.
  public let targets: Tensor?
  /// Which examples of the data set these are: random streams depend on them, not on the position
  /// in the batch.
  public let indices: [Int]

  /// A batch of as many inputs, labels, targets and indices.
  public init(inputs: Tensor, labels: Tensor, targets: Tensor? = nil, indices: [Int]) {
    precondition(inputs.size(0) == indices.count && labels.size(0) == indices.count)
    precondition(targets == nil || targets?.size(0) == indices.count)
    self.inputs = inputs
    self.labels = labels
    self.targets = targets
    self.indices = indices
  }

  /// The number of examples.
  public var count: Int { indices.count }

  /// What a network's outputs mean for these examples.
  public var outputs: OutputKind { targets == nil ? .classes : .labels }

  /// The examples at some positions of this batch.
  public func selecting(_ positions: [Int]) -> Batch {
    Batch(
      inputs: inputs.selecting(rows: positions), labels: labels.selecting(rows: positions),
      targets: targets?.selecting(rows: positions), indices: positions.map { indices[$0] })
  }

  /// The examples at consecutive positions, on a device.
  public func slice(_ range: Range<Int>, on device: Device) -> Batch {
    Batch(
      inputs: inputs[range].contiguous().to(device), labels: labels[range].to(device),
      targets: targets?[range].to(device), indices: Array(indices[range]))
  }

  /// The same examples with other inputs, one for each.
  public func replacing(inputs: Tensor) -> Batch {
    Batch(inputs: inputs, labels: labels, targets: targets, indices: indices)
  }

  /// The cross-entropy of logits `[count, K]`, in nats: with the class, or summed over the labels that
  /// an example has and has not.
  public func crossEntropy(of logits: Tensor, reduction: Reduction = .mean) -> Tensor {
    guard let targets else { return logits.crossEntropy(labels, reduction: reduction) }
    let losses = logits.bernoulliCrossEntropy(targets)
    switch reduction {
    case .none: return losses
    case .mean: return losses.mean()
    case .sum: return losses.sum()
    }
  }
}
