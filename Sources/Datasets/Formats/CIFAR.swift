/// The binary batches of CIFAR-10 and CIFAR-100 (A. Krizhevsky, 2009): records of a label (two for
/// CIFAR-100) and 3 x 32 x 32 bytes, plane by plane.
struct CIFAR {
  private static let side = 32
  private static let pixels = 3 * side * side

  private let tree: FileTree
  private let name: String

  init(_ tree: FileTree, name: String) {
    self.tree = tree
    self.name = name
  }

  private func files(_ part: DatasetPart) -> [String] {
    if isHundred {
      return [tree.find([part == .train ? "train.bin" : "test.bin"])].compactMap(\.self)
    }
    let names = part == .train ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
    return names.compactMap { tree.find([$0]) }
  }

  private var isHundred: Bool {
    tree.find(["data_batch_1.bin", "test_batch.bin"]) == nil
  }

  /// The parts of which at least one batch is there.
  var parts: Set<DatasetPart> {
    Set([DatasetPart.train, .test].filter { !files($0).isEmpty })
  }

  /// Reads the parts that were asked for.
  ///
  /// - Throws: `DatasetError`.
  func load(_ wanted: DatasetPart?) throws -> Examples {
    let parts = try DatasetPart.resolve(wanted, among: parts, in: tree.name)
    let names = try classNames()
    let examples = try parts.map { part in
      var labels: [Int64] = []
      var values: [UInt8] = []
      for file in files(part) {
        try CIFAR.read(
          tree.bytes(file), name: tree.place(file), labelBytes: isHundred ? 2 : 1,
          classes: names.count, labels: &labels, values: &values)
      }
      return Examples(
        name: name, part: part, values: .bytes(values), inputShape: [3, CIFAR.side, CIFAR.side],
        labels: labels, classNames: names)
    }
    return try .joined(examples, part: parts.count == 1 ? parts[0] : .all)
  }

  /// Appends the records of one batch; of two labels the second, finer one counts.
  static func read(
    _ bytes: [UInt8], name: String, labelBytes: Int, classes: Int, labels: inout [Int64],
    values: inout [UInt8]
  ) throws {
    let record = labelBytes + pixels
    guard bytes.count.isMultiple(of: record) else {
      throw DatasetError.truncated(
        name,
        "has \(bytes.count) bytes, which is not a whole number of CIFAR records of \(record) bytes")
    }
    values.reserveCapacity(values.count + bytes.count)
    for start in stride(from: 0, to: bytes.count, by: record) {
      let label = Int(bytes[start + labelBytes - 1])
      guard label < classes else {
        throw DatasetError(
          .labelOutOfRange, in: name,
          "label \(label) of record \(start / record), at byte \(start + labelBytes - 1), is not "
            + "one of the \(classes) classes 0...\(classes - 1)", remedy: DatasetError.copyAgain)
      }
      labels.append(Int64(label))
      values.append(contentsOf: bytes[(start + labelBytes)..<(start + record)])
    }
  }

  private func classNames() throws -> [String] {
    let list = isHundred ? "fine_label_names.txt" : "batches.meta.txt"
    let usual = isHundred ? (0..<100).map(String.init) : ClassList.cifar10
    guard let file = tree.find([list]) else { return usual }
    let names = try ClassList.read(tree.bytes(file), name: tree.place(file))
    guard names.count == usual.count else {
      throw DatasetError(
        .countsDiffer, in: tree.place(file), "lists \(names.count) classes, not \(usual.count)",
        remedy: DatasetError.copyAgain)
    }
    return names
  }
}
