import Torch

extension Dataset {
  /// Examples that have any number of labels each, such as pictures with tags.
  ///
  /// - Parameters:
  ///   - name: what to call it, also in errors.
  ///   - inputs: `[N, …]`, uint8 or float32, at least one example.
  ///   - targets: `[N, K]` of any type, 1 where a label is there and 0 where it is not.
  ///   - labelNames: the names of the K labels, which become ``classNames``.
  ///   - range: the values that a float32 input may have.
  ///   - part: which part of the data set this is.
  /// - Throws: `DatasetError` (empty, countsDiffer, unsupported, notFinite, badValue), naming the first
  ///   example that is wrong.
  public init(
    name: String, inputs: Tensor, targets: Tensor, labelNames: [String],
    range: ClosedRange<Float> = 0...1, part: DatasetPart = .all
  ) throws {
    let labels = Tensor([Int64](repeating: 0, count: inputs.rank > 0 ? inputs.size(0) : 0))
    var check = DatasetCheck(name: name, inputs: inputs, labels: labels, classNames: labelNames)
    check.targets = targets
    try check.run(range: range)
    self.init(
      name: name, part: part, inputs: inputs, labels: labels, targets: targets.to(.float32),
      classNames: labelNames, range: Dataset.range(of: inputs.dtype, floats: range),
      sourceIndices: Array(0..<inputs.size(0)))
  }

  /// What a network's outputs mean for these examples.
  public var outputs: OutputKind { targets == nil ? .classes : .labels }

  /// The numbers of the labels that each example has, ascending; its class alone where it has one.
  public var labelSets: [[Int]] {
    guard let targets else { return labelValues.map { [$0] } }
    let (values, width) = (targets.values(as: Float.self), classNames.count)
    return (0..<count).map { row in (0..<width).filter { values[row * width + $0] == 1 } }
  }
}
