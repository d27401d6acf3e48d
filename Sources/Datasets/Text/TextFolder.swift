import Torch

/// A folder of text files, one a class, with or without a level of train, validation and test folders
/// above.
///
/// A folder without parts is divided here, class by class and always in the same way: a fifth of the
/// lines is for testing, or one of ten folds.
struct TextFolder: Sendable {
  private let tree: FileTree
  private let name: String
  private let folders: [DatasetPart: [String]]

  /// The folder, or `nil` when its files are not text in one file a class.
  init?(_ tree: FileTree, name: String) {
    var folders: [DatasetPart: [String]] = [:]
    for path in tree.paths where TextFolder.mayBeText(path) {
      let pieces = path.split(separator: "/")
      if pieces.count == 1 {
        folders[.all, default: []].append(path)
      } else if pieces.count == 2, let part = DatasetPart(folder: String(pieces[0])) {
        folders[part, default: []].append(path)
      }
    }
    // Files beside folders of parts describe them.
    if folders.count > 1 { folders[.all] = nil }
    guard !folders.isEmpty, folders.values.allSatisfy({ $0.count > 1 }) else { return nil }
    let first = folders.values.flatMap { $0.prefix(2) }
    guard first.allSatisfy({ (try? tree.bytes($0).contains(0)) == false }) else { return nil }
    self.tree = tree
    self.name = name
    self.folders = folders
  }

  /// The parts; train and test where the folder is divided here.
  var parts: Set<DatasetPart> {
    folders[.all] == nil ? Set(folders.keys) : [.train, .test]
  }

  /// Reads the parts that were asked for, with the vocabulary and the length of the training part
  /// unless told otherwise.
  ///
  /// - Throws: `DatasetError`.
  func load(_ wanted: DatasetPart?, _ all: LoadOptions) throws -> Dataset {
    let (options, seed) = (all.text, all.seed)
    try options.validate()
    let chosen = try DatasetPart.resolve(wanted, among: parts, in: tree.name)
    let (text, indices) = try divided(options, seed)
    // A folder with nothing to train on has only its own words to offer.
    let known = (indices[.train] ?? Array(text.lines.indices)).map { text.lines[$0] }
    let vocabulary =
      try all.vocabulary
      ?? Vocabulary(
        counting: known, limit: options.words ?? 20_000, minimumCount: options.minimumCount ?? 2,
        name: tree.name)
    let longest = known.reduce(1) { max($0, Tokeniser.tokens(of: $1).count) }
    let data = try Dataset(
      text, vocabulary: vocabulary,
      length: options.length ?? min(longest, TextOptions.longestByDefault))
    // Lines come class by class; in a random order, the first so many of them have all classes.
    var stream = RandomStream(seed: seed, purpose: "text.order")
    let rows = chosen.flatMap { (indices[$0] ?? []).shuffled(using: &stream) }
    return try data.subset(rows, as: chosen.count == 1 ? chosen[0] : .all)
  }

  /// All lines, and which of them belong to which part.
  private func divided(
    _ options: TextOptions, _ seed: UInt64
  ) throws -> (TextDataset, [DatasetPart: [Int]]) {
    if let files = folders[.all] {
      let text = try TextDataset(tree, files: files, name: name)
      return (text, try TextFolder.split(text.labels, options, seed))
    }
    var lines: [String] = []
    var labels: [Int] = []
    var names: [String] = []
    var indices: [DatasetPart: [Int]] = [:]
    for part in [DatasetPart.train, .validation, .test] {
      guard let files = folders[part] else { continue }
      let text = try TextDataset(tree, files: files, name: name)
      guard names.isEmpty || names == text.classNames else {
        throw DatasetError(
          .countsDiffer, in: tree.name,
          "has the classes \(names.joined(separator: ", ")), but its \(part.rawValue) part has "
            + text.classNames.joined(separator: ", "),
          remedy: "give every part one file of the same name a class")
      }
      names = text.classNames
      indices[part] = Array(lines.count..<lines.count + text.count)
      lines += text.lines
      labels += text.labels
    }
    return (try TextDataset(name: name, lines: lines, labels: labels, classNames: names), indices)
  }

  private static func split(
    _ labels: [Int], _ options: TextOptions, _ seed: UInt64
  ) throws -> [DatasetPart: [Int]] {
    guard let fold = options.fold else {
      let split = try Split(
        stratifiedBy: labels, fractions: SplitFractions(train: 0.8, test: 0.2), seed: seed)
      return [.train: split.train, .test: split.test]
    }
    var parts: [DatasetPart: [Int]] = [.train: [], .test: []]
    for group in ClassSubset.shuffledIndices(of: labels, seed: seed, purpose: "split.fold") {
      for (position, index) in group.indices.enumerated() {
        parts[position % TextOptions.folds == fold ? .test : .train, default: []].append(index)
      }
    }
    return parts.mapValues { $0.sorted() }
  }

  private static func mayBeText(_ path: String) -> Bool {
    let file = lastComponent(path).lowercased()
    guard !file.hasPrefix("readme"), !file.hasPrefix("license") else { return false }
    let others = [
      "csv", "tsv", "json", "md", "yaml", "html", "npy", "npz", "gz", "zip", "tar", "pt",
    ]
    return !others.contains { file.hasSuffix("." + $0) }
  }
}
