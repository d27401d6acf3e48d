import Torch

/// What must hold for tensors to be a data set.
struct DatasetCheck {
  let name: String
  let inputs: Tensor
  let labels: Tensor
  let classNames: [String]
  /// The number of words, where the inputs are tokens.
  var vocabularySize: Int?
  /// The labels, where an example can have several.
  var targets: Tensor?

  /// - Throws: `DatasetError` naming the first example that is wrong.
  func run(range: ClosedRange<Float>) throws {
    try checkShapes()
    try checkLabels()
    if let targets { try checkTargets(targets) }
    if inputs.dtype == .float32 { try checkValues(range) }
    if let vocabularySize { try checkTokens(vocabularySize) }
  }

  private func checkShapes() throws {
    let allowed: [DType] =
      vocabularySize == nil && inputs.rank != 1 ? [.uint8, .float32] : [.int64]
    guard allowed.contains(inputs.dtype), labels.dtype == .int64 else {
      throw DatasetError(
        .unsupported, in: name, "has \(inputs.dtype) inputs and \(labels.dtype) labels",
        remedy: "give uint8 or float32 inputs (int64 for tokens and indices) and int64 labels")
    }
    // Only indices, such as those of a graph's nodes, are examples of a single number.
    guard vocabularySize == nil ? inputs.rank >= 1 : inputs.rank == 2, labels.rank == 1 else {
      throw DatasetError(
        .unsupported, in: name,
        "has inputs of shape \(inputs.shape) and labels of shape \(labels.shape)",
        remedy: "give inputs [N, C, H, W], [N, D] or tokens [N, L], and labels [N]")
    }
    guard inputs.size(0) == labels.size(0) else {
      throw DatasetError(
        .countsDiffer, in: name, "has \(inputs.size(0)) inputs, but \(labels.size(0)) labels",
        remedy: "give every input one label")
    }
    guard inputs.count > 0 else {
      throw DatasetError(
        .empty, in: name, "has no example (its inputs have the shape \(inputs.shape))",
        remedy: "give at least one example with at least one value")
    }
  }

  private func checkLabels() throws {
    let values = labels.values(as: Int.self)
    guard let row = values.firstIndex(where: { !classNames.indices.contains($0) }) else { return }
    throw DatasetError(
      .labelOutOfRange, in: name,
      "label \(values[row]) of example \(row) is not one of the \(classNames.count) classes",
      remedy: "number the classes from 0, and name as many classes as there are")
  }

  private func checkTargets(_ targets: Tensor) throws {
    guard targets.rank == 2, targets.size(0) == inputs.size(0),
      targets.size(1) == classNames.count
    else {
      throw DatasetError(
        .countsDiffer, in: name,
        "has \(inputs.size(0)) inputs and \(classNames.count) names of labels, but targets of shape "
          + "\(targets.shape)",
        remedy: "give targets [N, K], one row an input and one column a label")
    }
    let isBit = targets.equal(to: 0).or(targets.equal(to: 1))
    guard !isBit.all else { return }
    let row = isBit.all(along: 1).values(as: Int.self).firstIndex(of: 0) ?? 0
    throw DatasetError(
      .badValue, in: name, "the labels of example \(row) are not all 0 or 1",
      remedy: "write 1 where a label is there and 0 where it is not; leave out what is not known")
  }

  private func checkTokens(_ size: Int) throws {
    let outside = inputs.less(than: 0).or(inputs.greaterOrEqual(to: size))
    let rows = outside.any(along: 1).values(as: Int.self)
    if let row = rows.firstIndex(of: 1) {
      throw DatasetError(
        .badValue, in: name, "example \(row) holds a token outside the \(size) words",
        remedy: "number words as the vocabulary does")
    }
    let filled = inputs.notEqual(to: Vocabulary.padding).any(along: 1).values(as: Int.self)
    if let row = filled.firstIndex(of: 0) {
      throw DatasetError(
        .badValue, in: name, "example \(row) has no token",
        remedy: "leave out empty lines, and lines of white space")
    }
  }

  private func checkValues(_ range: ClosedRange<Float>) throws {
    let finite = inputs.isFinite
    if !finite.all {
      let (row, value) = first(where: finite.not())
      throw DatasetError(
        .notFinite, in: name, "example \(row) holds the value \(value)",
        remedy: "fill or drop examples with missing or infinite values first")
    }
    let low = Double(range.lowerBound)
    let high = Double(range.upperBound)
    let outside = inputs.less(than: low).or(inputs.greater(than: high))
    if outside.any {
      let (row, value) = first(where: outside)
      throw DatasetError(
        .badValue, in: name,
        "example \(row) holds the value \(value), outside the range \(range.lowerBound)..."
          + "\(range.upperBound)",
        remedy: "scale the inputs into the range, or state the range that they have")
    }
  }

  /// The first example with a value that a mask marks, and that value.
  private func first(where mask: Tensor) -> (row: Int, value: Float) {
    let row = mask.flattened(from: 1).any(along: 1).values(as: Int.self).firstIndex(of: 1) ?? 0
    let position = mask[row].flattened().values(as: Int.self).firstIndex(of: 1) ?? 0
    return (row, inputs[row].flattened().values(as: Float.self)[position])
  }
}
