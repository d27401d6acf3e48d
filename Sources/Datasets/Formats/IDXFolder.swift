/// A folder or archive with MNIST's four usual files, which many data sets imitate.
struct IDXFolder {
  private let tree: FileTree
  private let name: String

  /// - Parameters:
  ///   - tree: the files.
  ///   - name: the data set's name; one with "fashion" in it gets the names of Fashion-MNIST.
  init(_ tree: FileTree, name: String) {
    self.tree = tree
    self.name = name
  }

  /// The file of a part, under any of its usual spellings.
  private func file(_ part: DatasetPart, _ content: String, rank: Int) -> String? {
    let stem = part == .train ? "train" : "t10k"
    let names = [
      "\(stem)-\(content)-idx\(rank)-ubyte", "\(stem)-\(content).idx\(rank)-ubyte",
      "\(stem).\(content).idx\(rank).ubyte", "\(stem)-\(content).idx\(rank)",
    ]
    return tree.find(names.flatMap { [$0, $0 + ".gz"] })
  }

  /// The parts of which at least one file is there.
  var parts: Set<DatasetPart> {
    Set(
      [DatasetPart.train, .test].filter {
        file($0, "images", rank: 3) != nil || file($0, "labels", rank: 1) != nil
      })
  }

  /// Reads the parts that were asked for.
  ///
  /// - Throws: `DatasetError`.
  func load(_ wanted: DatasetPart?) throws -> Examples {
    let parts = try DatasetPart.resolve(wanted, among: parts, in: tree.name)
    let examples = try parts.map(load(part:))
    return try .joined(examples, part: parts.count == 1 ? parts[0] : .all)
  }

  private func load(part: DatasetPart) throws -> Examples {
    guard let images = file(part, "images", rank: 3) else { throw missing(part, "images") }
    guard let labels = file(part, "labels", rank: 1) else { throw missing(part, "labels") }
    let pictures = try IDX(decoding: tree.bytes(images), name: tree.place(images), rank: 3)
    let classes = try IDX(decoding: tree.bytes(labels), name: tree.place(labels), rank: 1)
    guard pictures.shape[0] == classes.values.count else {
      throw DatasetError(
        .countsDiffer, in: tree.place(labels),
        "has \(classes.values.count) labels, but \(lastComponent(images)) has "
          + "\(pictures.shape[0]) images",
        remedy: "get both files from the same release")
    }
    let names = try classNames()
    if let row = classes.values.firstIndex(where: { Int($0) >= names.count }) {
      throw DatasetError(
        .labelOutOfRange, in: tree.place(labels),
        "label \(classes.values[row]) of example \(row) is not one of the \(names.count) classes "
          + "0...\(names.count - 1)",
        remedy: "list the class names, one a line, in a file classes.txt beside it, or repair the "
          + "labels")
    }
    return Examples(
      name: name, part: part, values: .bytes(pictures.values),
      inputShape: [1, pictures.shape[1], pictures.shape[2]],
      labels: classes.values.map(Int64.init), classNames: names)
  }

  private func classNames() throws -> [String] {
    if let file = tree.find(["classes.txt"]) {
      return try ClassList.read(tree.bytes(file), name: tree.place(file))
    }
    return name.lowercased().contains("fashion") ? ClassList.fashion : ClassList.digits
  }

  private func missing(_ part: DatasetPart, _ content: String) -> DatasetError {
    let stem = part == .train ? "train" : "t10k"
    let rank = content == "images" ? 3 : 1
    return DatasetError(
      .missing, in: tree.name,
      "has no file with the \(content) of the \(part.rawValue) part",
      remedy: "add \(stem)-\(content)-idx\(rank)-ubyte.gz")
  }
}
