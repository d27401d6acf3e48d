import Files
import Torch

/// Labelled examples in memory, checked once so that nothing after needs to.
public struct Dataset: Sendable {
  /// What the data set is called.
  public let name: String
  /// Which part of it this is.
  public let part: DatasetPart
  /// The inputs: images `[N, C, H, W]` as uint8 in 0...255 or float32, other data `[N, D]` float32, texts
  /// `[N, L]` as int64 numbers of ``vocabulary``, or indices `[N]` int64, such as a graph's nodes.
  public let inputs: Tensor
  /// The class of each example, `[N]` int64, in `0..<classNames.count`; zeros where there are
  /// ``targets``.
  public let labels: Tensor
  /// Which labels each example has, `[N, K]` float32, one where it is there and zero where not; `nil`
  /// where every example has one class.
  public let targets: Tensor?
  /// The names of the classes, or of the labels.
  public let classNames: [String]
  /// The values that an input may have once it is float32 (bytes are divided by 255).
  public let range: ClosedRange<Float>
  /// The index of each example in the data set as it was read: subsets keep it, so that random
  /// streams of an example are the same in the whole set, in a subset and in a shard.
  public let sourceIndices: [Int]
  /// The words that the inputs are numbers of, where they are texts.
  public let vocabulary: Vocabulary?
  /// The file that each example was read from, where every one has its own.
  public let fileNames: [String]?

  /// The range of data without natural bounds, such as table columns: any finite number.
  public static let unbounded = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude

  static func range(of type: DType, floats: ClosedRange<Float>) -> ClosedRange<Float> {
    switch type {
    case .uint8: 0...1
    case .int64: unbounded
    default: floats
    }
  }

  /// A data set from its tensors.
  ///
  /// - Parameters:
  ///   - name: what to call it, also in errors.
  ///   - inputs: `[N, …]`, uint8, float32 or int64, at least one example.
  ///   - labels: `[N]`, int64.
  ///   - classNames: the names of the classes.
  ///   - range: the values that a float32 input may have; bytes always lie in 0...1, and indices have
  ///     no range.
  ///   - part: which part of the data set this is.
  /// - Throws: `DatasetError` (empty, countsDiffer, unsupported, labelOutOfRange, notFinite,
  ///   badValue), naming the first example that is wrong.
  public init(
    name: String, inputs: Tensor, labels: Tensor, classNames: [String],
    range: ClosedRange<Float> = 0...1, part: DatasetPart = .all
  ) throws {
    let check = DatasetCheck(name: name, inputs: inputs, labels: labels, classNames: classNames)
    try check.run(range: range)
    self.init(
      name: name, part: part, inputs: inputs, labels: labels, classNames: classNames,
      range: Dataset.range(of: inputs.dtype, floats: range),
      sourceIndices: Array(0..<inputs.size(0)))
  }

  /// Texts as tokens.
  ///
  /// - Parameters:
  ///   - tokens: `[N, L]`, int64, numbers of words; at least one of an example is not padding.
  ///   - vocabulary: the words.
  /// - Throws: as the other initialiser.
  public init(
    name: String, tokens: Tensor, labels: Tensor, classNames: [String], vocabulary: Vocabulary,
    part: DatasetPart = .all
  ) throws {
    var check = DatasetCheck(name: name, inputs: tokens, labels: labels, classNames: classNames)
    check.vocabularySize = vocabulary.count
    try check.run(range: Dataset.unbounded)
    self.init(
      name: name, part: part, inputs: tokens, labels: labels, classNames: classNames,
      range: Dataset.unbounded, sourceIndices: Array(0..<tokens.size(0)), vocabulary: vocabulary)
  }

  /// A data set from parts that were checked.
  init(
    name: String, part: DatasetPart, inputs: Tensor, labels: Tensor, targets: Tensor? = nil,
    classNames: [String], range: ClosedRange<Float>, sourceIndices: [Int],
    vocabulary: Vocabulary? = nil, fileNames: [String]? = nil
  ) {
    self.name = name
    self.part = part
    self.inputs = inputs
    self.labels = labels
    self.targets = targets
    self.classNames = classNames
    self.range = range
    self.sourceIndices = sourceIndices
    self.vocabulary = vocabulary
    self.fileNames = fileNames
  }

  /// The same examples with other values of any range, `[N, …]` float32.
  func with(inputs: Tensor) -> Dataset {
    Dataset(
      name: name, part: part, inputs: inputs, labels: labels, targets: targets,
      classNames: classNames, range: Dataset.unbounded, sourceIndices: sourceIndices,
      fileNames: fileNames)
  }

  /// The same examples with the files that they were read from.
  func with(fileNames: [String]?) -> Dataset {
    Dataset(
      name: name, part: part, inputs: inputs, labels: labels, targets: targets,
      classNames: classNames, range: range, sourceIndices: sourceIndices, vocabulary: vocabulary,
      fileNames: fileNames)
  }

  /// The number of examples, at least 1.
  public var count: Int { sourceIndices.count }

  /// The shape of one input: `[C, H, W]` or `[D]`.
  public var inputShape: [Int] { Array(inputs.shape.dropFirst()) }

  /// The class of each example as numbers.
  public var labelValues: [Int] { labels.values(as: Int.self) }

  /// How many examples each class or label has.
  public var classCounts: [Int] {
    if let targets { return targets.to(.int64).sum(along: 0).values(as: Int.self) }
    var counts = [Int](repeating: 0, count: classNames.count)
    for label in labelValues { counts[label] += 1 }
    return counts
  }

  /// The examples at some positions as float32 inputs, bytes divided by 255 as torchvision's
  /// `ToTensor` does.
  ///
  /// - Parameter indices: positions in `0..<count`, in any order; others are a programming error.
  public func batch(_ indices: [Int]) -> Batch {
    let rows = Tensor(indices)
    let chosen = inputs.selecting(rows: rows)
    return Batch(
      inputs: inputs.dtype == .uint8 ? chosen.to(.float32) / 255 : chosen,
      labels: labels.selecting(rows: rows), targets: targets?.selecting(rows: rows),
      indices: indices.map { sourceIndices[$0] })
  }

  /// The first examples, as many as there are up to `count`.
  ///
  /// - Throws: `DatasetError` (empty) for fewer than 1.
  public func prefix(_ count: Int) throws -> Dataset {
    try subset(Array(0..<max(0, min(count, self.count))))
  }

  /// The examples at some positions, in that order.
  ///
  /// - Throws: `DatasetError` (empty, badSetting) without positions, or when one is not in
  ///   `0..<count`.
  public func subset(_ indices: [Int]) throws -> Dataset { try subset(indices, as: part) }

  /// The examples at some positions, as another part.
  func subset(_ indices: [Int], as part: DatasetPart) throws -> Dataset {
    guard !indices.isEmpty else {
      throw DatasetError(
        .empty, in: name, "the subset has no example", remedy: "choose at least one example")
    }
    if let index = indices.first(where: { !(0..<count ~= $0) }) {
      throw DatasetError(
        .badSetting, in: name, "has no example \(index); its \(count) examples count from 0",
        remedy: "choose examples in 0...\(count - 1)")
    }
    let rows = Tensor(indices)
    return Dataset(
      name: name, part: part, inputs: inputs.selecting(rows: rows),
      labels: labels.selecting(rows: rows), targets: targets?.selecting(rows: rows),
      classNames: classNames, range: range, sourceIndices: indices.map { sourceIndices[$0] },
      vocabulary: vocabulary, fileNames: fileNames.map { names in indices.map { names[$0] } })
  }

  /// The examples of one part of a split.
  ///
  /// - Throws: `DatasetError` (countsDiffer, empty) when the split was drawn for another number of
  ///   examples, or the part is empty.
  public func subset(_ part: DatasetPart, of split: Split) throws -> Dataset {
    guard split.count == count else {
      throw DatasetError(
        .countsDiffer, in: name, "has \(count) examples, but the split divides \(split.count)",
        remedy: "draw a split for this data set")
    }
    return try subset(split.indices(part), as: part)
  }

  /// A SHA-256 digest, in hexadecimal, of types, shapes, inputs, labels, class names and words: equal
  /// for equal contents, whatever file they came from.
  ///
  /// - Throws: an error that says so where libcrypto is set up to refuse SHA-256.
  public func fingerprint() throws -> String {
    let digest = Digest(.sha256)
    let names = (classNames + (vocabulary?.words ?? [])).joined(separator: "\n")
    digest.update(
      "\(inputs.dtype) \(inputs.shape)\n\(labels.dtype) \(labels.shape)\n\(names)\n")
    inputs.withUnsafeBytes(digest.update)
    labels.withUnsafeBytes(digest.update)
    if let targets {
      digest.update("\(targets.dtype) \(targets.shape)\n")
      targets.withUnsafeBytes(digest.update)
    }
    return try digest.hexadecimal()
  }
}

extension Dataset {
  /// The data set of examples that a reader left.
  init(_ examples: Examples, range: ClosedRange<Float> = 0...1) throws {
    let shape = [examples.labels.count] + examples.inputShape
    guard let size = product(of: shape), size == examples.values.count else {
      throw DatasetError(
        .countsDiffer, in: examples.name,
        "has \(examples.values.count) values, which is not \(sizeText(shape))",
        remedy: DatasetError.copyAgain)
    }
    let inputs =
      switch examples.values {
      case .bytes(let values): Tensor(values, shape: shape)
      case .floats(let values): Tensor(values, shape: shape)
      }
    self = try Dataset(
      name: examples.name, inputs: inputs, labels: Tensor(examples.labels),
      classNames: examples.classNames, range: range, part: examples.part
    ).with(fileNames: examples.fileNames)
  }
}
