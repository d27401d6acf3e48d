/// Images in one sub-folder a class, with or without a level of train, val and test folders above.
///
/// Classes are numbered in the order of their names' Unicode scalars, as in torchvision's `ImageFolder`.
/// Images come one of each class in turn, in the order of their paths, so that the first examples of a
/// part are of all classes.
struct ImageFolder: Sendable {
  private struct Image: Sendable {
    let path: String
    let part: DatasetPart
    let className: String
  }

  private let tree: FileTree
  private let name: String
  private let images: [Image]

  init(_ tree: FileTree, name: String) {
    self.tree = tree
    self.name = name
    images = ImageFolder.sorted(ImageFolder.imagePaths(tree.paths))
  }

  /// The parts that have images; `all` where there is no level of parts.
  var parts: Set<DatasetPart> { Set(images.map(\.part)) }

  /// Whether there is an image in a class's folder.
  var isEmpty: Bool { images.isEmpty }

  /// Reads the parts that were asked for.
  ///
  /// - Throws: `DatasetError`.
  func load(_ wanted: DatasetPart?, side: Int? = nil) throws -> Examples {
    let parts = try DatasetPart.resolve(wanted, among: parts, in: tree.name)
    // Classes are those of all parts, so that a class without test images keeps its number.
    let names = Set(images.map(\.className)).sorted(by: FileTree.precedes)
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int64($0)) })
    let chosen = parts.flatMap { part in
      ImageFolder.inTurn(images.filter { $0.part == part }, classes: names)
    }
    let stack = try ImageStack(
      count: chosen.count, side: side, place: { tree.place(chosen[$0].path) },
      bytes: { try tree.bytes(chosen[$0].path) })
    return Examples(
      name: name, part: parts.count == 1 ? parts[0] : .all, values: .bytes(stack.pixels),
      inputShape: stack.shape, labels: chosen.compactMap { numbers[$0.className] },
      classNames: names, fileNames: chosen.map(\.path))
  }

  /// The first image of every class, then the second of every class, and so on.
  private static func inTurn(_ images: [Image], classes: [String]) -> [Image] {
    let groups = Dictionary(grouping: images, by: \.className)
    let longest = groups.values.map(\.count).max() ?? 0
    return (0..<longest).flatMap { turn in
      classes.compactMap { name in
        groups[name].flatMap { $0.indices.contains(turn) ? $0[turn] : nil }
      }
    }
  }

  /// Paths of images, without second renderings of the same image: `1.pgm.png` beside `1.pgm`.
  private static func imagePaths(_ paths: [String]) -> [String] {
    let known = Set(paths)
    return paths.filter { path in
      guard let dot = path.lastIndex(of: ".") else { return false }
      let ending = path[path.index(after: dot)...].lowercased()
      return ImageFormat.extensions.contains(ending) && !known.contains(String(path[..<dot]))
    }
  }

  private static func sorted(_ paths: [String]) -> [Image] {
    var folders = paths.map { $0.split(separator: "/").dropLast() }
    // Folders that hold everything, such as the name of the archive, say nothing about classes.
    while let first = folders.first?.first, DatasetPart(folder: String(first)) == nil,
      folders.allSatisfy({ $0.count > 1 && $0.first == first })
    {
      folders = folders.map { $0.dropFirst() }
    }
    let hasParts =
      folders.contains { $0.count > 1 }
      && folders.allSatisfy { $0.first.flatMap { DatasetPart(folder: String($0)) } != nil }
    return zip(paths, folders).compactMap { path, folder in
      let part = hasParts ? folder.first.flatMap { DatasetPart(folder: String($0)) } : .all
      guard let part, let className = hasParts ? folder.dropFirst().first : folder.first else {
        return nil
      }
      return Image(path: path, part: part, className: String(className))
    }
  }
}
