import Torch

/// Images with an attribute file as CelebA has it, where any number of labels may hold at once.
///
/// `list_attr_celeba.txt` begins with the number of images and a line of names, and has a file name and -1 or 1
/// for every label in each line after; the same as a `.csv` has no first line. `list_eval_partition`, where it is
/// there, says 0 (train), 1 (validation) or 2 (test) for each file name (Liu et al., "Deep learning face
/// attributes in the wild", ICCV 2015). Images lie in any folder.
struct AttributeFolder: Sendable {
  private static let stem = "list_attr_celeba"
  private static let partition = "list_eval_partition"

  private struct Row {
    let file: String
    let values: [Float]
  }

  private let tree: FileTree
  private let name: String
  private let labels: String
  private let division: String?

  /// The folder, where it has an attribute file.
  init?(_ tree: FileTree, name: String) {
    guard let labels = tree.find(["\(Self.stem).txt", "\(Self.stem).csv"]) else { return nil }
    self.tree = tree
    self.name = name
    self.labels = labels
    division = tree.find([
      "\(Self.partition)\(labels.suffix(4))"
    ])
  }

  /// The parts; `all` without a file that says which image belongs to which.
  var parts: Set<DatasetPart> { division == nil ? [.all] : [.train, .validation, .test] }

  /// Reads the images of the parts that were asked for, in the order of the attribute file.
  ///
  /// - Throws: `DatasetError`.
  func load(_ wanted: DatasetPart?, side: Int?) throws -> Dataset {
    let parts = try DatasetPart.resolve(wanted, among: parts, in: tree.name)
    let (names, rows) = try attributes()
    let membership = try membership()
    let chosen = rows.filter { row in
      membership.map { $0[row.file].map(parts.contains) ?? false } ?? true
    }
    let paths = try located(chosen)
    let stack = try ImageStack(
      count: paths.count, side: side, place: { tree.place(paths[$0]) },
      bytes: { try tree.bytes(paths[$0]) })
    return try Dataset(
      name: name, inputs: Tensor(stack.pixels, shape: [paths.count] + stack.shape),
      targets: Tensor(chosen.flatMap(\.values), shape: [chosen.count, names.count]),
      labelNames: names, part: parts.count == 1 ? parts[0] : .all
    ).with(fileNames: paths)
  }

  private var isTable: Bool { labels.lowercased().hasSuffix("csv") }

  /// The lines of a file as words, with their numbers from 1.
  private func lines(_ path: String) throws -> [(line: Int, words: [String])] {
    let separators: Set<Character> = isTable ? [","] : [" ", "\t"]
    return try Text.lines(tree.bytes(path)).enumerated().compactMap { index, line in
      let words = line.split(whereSeparator: separators.contains).map { Text.trimmed(String($0)) }
      return words.isEmpty ? nil : (index + 1, words)
    }
  }

  private func attributes() throws -> (names: [String], rows: [Row]) {
    var lines = try lines(labels)
    var promised: Int?
    if lines.first?.words.count == 1 {
      promised = lines.removeFirst().words.first.flatMap { Int($0) }
    }
    guard var names = lines.first?.words, lines.count > 1 else {
      throw DatasetError(
        .empty, in: tree.place(labels), "names no images",
        remedy:
          "give the labels' names in one line, and a file name with -1 or 1 a label in each after")
    }
    // The comma-separated form names the column of file names, too.
    if isTable { names.removeFirst() }
    let rows = try lines.dropFirst().map { try row($0.words, line: $0.line, labels: names.count) }
    if let promised, promised != rows.count {
      throw DatasetError(
        .countsDiffer, in: tree.place(labels),
        "promises \(promised) images and has lines for \(rows.count)",
        remedy: DatasetError.copyAgain)
    }
    return (names, rows)
  }

  private func row(_ words: [String], line: Int, labels count: Int) throws -> Row {
    guard words.count == count + 1 else {
      throw DatasetError(
        .countsDiffer, in: tree.place(labels),
        "line \(line) has \(words.count - 1) values for \(count) labels", remedy: "mend the line")
    }
    let values = try words.dropFirst().map { word in
      switch word {
      case "1": Float(1)
      case "-1", "0": Float(0)
      default:
        throw DatasetError(
          .badValue, in: tree.place(labels), "line \(line) has the value '\(word)'",
          remedy: "write 1 where a label holds, -1 or 0 where it does not")
      }
    }
    return Row(file: words[0], values: values)
  }

  /// Which part every file belongs to.
  private func membership() throws -> [String: DatasetPart]? {
    guard let division else { return nil }
    let order: [DatasetPart] = [.train, .validation, .test]
    var found: [String: DatasetPart] = [:]
    for (line, words) in try lines(division) {
      guard words.count == 2, let number = Int(words[1]), order.indices.contains(number) else {
        if line == 1 { continue }  // A header.
        throw DatasetError(
          .badValue, in: tree.place(division), "line \(line) is no file name with 0, 1 or 2",
          remedy: "write 0 for train, 1 for validation, 2 for test")
      }
      found[words[0]] = order[number]
    }
    return found
  }

  /// The path of every row's image.
  private func located(_ rows: [Row]) throws -> [String] {
    let known = Dictionary(
      tree.paths.filter { $0 != labels && $0 != division }.map { (lastComponent($0), $0) },
      uniquingKeysWith: { first, _ in first })
    return try rows.map { row in
      guard let path = known[row.file] else {
        throw DatasetError(
          .missing, in: tree.place(labels), "names '\(row.file)', which is not in the folder",
          remedy: "unpack all images beside the attribute file, or take out the lines without one")
      }
      return path
    }
  }
}
