/// Labelled lines of text: the files of a folder are the classes, their lines the examples.
public struct TextDataset: Sendable, Equatable {
  /// The name of the data set.
  public let name: String
  /// The examples, class by class, in the order of the files.
  public let lines: [String]
  /// The class of each line, in `0..<classNames.count`.
  public let labels: [Int]
  /// The names of the classes: the part of the files' names in which they differ.
  public let classNames: [String]

  /// The number of examples.
  public var count: Int { lines.count }

  /// Labelled lines.
  ///
  /// - Throws: `DatasetError` (empty, countsDiffer, labelOutOfRange).
  public init(name: String, lines: [String], labels: [Int], classNames: [String]) throws {
    guard !lines.isEmpty else {
      throw DatasetError(
        .empty, in: name, "has no example", remedy: "write one example a line, one file a class")
    }
    guard lines.count == labels.count else {
      throw DatasetError(
        .countsDiffer, in: name, "has \(lines.count) lines, but \(labels.count) labels",
        remedy: "give every line one label")
    }
    if let row = labels.firstIndex(where: { !classNames.indices.contains($0) }) {
      throw DatasetError(
        .labelOutOfRange, in: name,
        "label \(labels[row]) of example \(row) is not one of the \(classNames.count) classes",
        remedy: "number the classes from 0")
    }
    self.name = name
    self.lines = lines
    self.labels = labels
    self.classNames = classNames
  }

  /// Reads a folder of text files, one a class; empty lines are passed over.
  ///
  /// Files are UTF-8, or Latin-1 where they are not valid UTF-8. Files that differ only in their
  /// extension (`reviews.neg`, `reviews.pos`) name their classes by it.
  ///
  /// - Throws: `DatasetError` (missing, notAFolder, unreadable, empty).
  public init(folder: String) throws {
    let tree = try FileTree(folder: folder)
    let files = tree.paths.filter { !$0.contains("/") && !$0.lowercased().hasPrefix("readme") }
    try self.init(tree, files: files, name: lastComponent(folder))
  }

  /// Reads some files of a folder, one a class.
  init(_ tree: FileTree, files: [String], name: String) throws {
    guard files.count > 1 else {
      throw DatasetError(
        .empty, in: tree.name, "has \(files.count) text files, but one a class is needed",
        remedy: "put the lines of each class into a file of its own")
    }
    var lines: [String] = []
    var labels: [Int] = []
    for (label, file) in files.enumerated() {
      let examples = try TextDataset.examples(tree.bytes(file), name: tree.place(file))
      lines += examples
      labels += Array(repeating: label, count: examples.count)
    }
    try self.init(
      name: name, lines: lines, labels: labels,
      classNames: TextDataset.classNames(files.map(lastComponent)))
  }

  private static func examples(_ bytes: [UInt8], name: String) throws -> [String] {
    if let offset = bytes.firstIndex(of: 0) {
      throw DatasetError(
        .unrecognised, in: name, "is not a text file (byte \(offset) is zero)",
        remedy: "keep only text files in the folder")
    }
    let lines = Text.lines(bytes).map(Text.trimmed).filter { !$0.isEmpty }
    guard !lines.isEmpty else {
      throw DatasetError(
        .empty, in: name, "has no line of text",
        remedy: "write one example a line, or remove the file")
    }
    return lines
  }

  private static func classNames(_ files: [String]) -> [String] {
    let split = files.map { file -> (stem: String, ending: String) in
      guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return (file, "") }
      return (String(file[..<dot]), String(file[file.index(after: dot)...]))
    }
    if Set(split.map(\.stem)).count == files.count { return split.map(\.stem) }
    if Set(split.map(\.ending)).count == files.count { return split.map(\.ending) }
    return files
  }
}
