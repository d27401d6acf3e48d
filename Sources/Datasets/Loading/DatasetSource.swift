/// A place that holds a data set, recognised by what is in it and ready to be read.
public struct DatasetSource: Sendable {
  private enum Content: Sendable {
    case idx(IDXFolder)
    case cifar(CIFAR)
    case attributes(AttributeFolder)
    case images(ImageFolder)
    case npz(NPZDataset)
    case table([UInt8])
    case graph(Graph)
    case text(TextFolder)
    case procedural(ProceduralSource)
  }

  /// The path or name that it was found by.
  public let path: String
  /// What to call the data set.
  public let name: String
  private let content: Content

  /// Finds out what is at a path: a folder, a file or archive, or the name of a generator.
  ///
  /// - Throws: `DatasetError` (missing, unreadable, unrecognised, empty, and those of archives).
  public init(_ path: String) throws {
    self.path = path
    name = DatasetSource.title(path)
    switch FileBytes.find(path) {
    case .nothing:
      guard let source = ProceduralSource.named(path) else { throw FileBytes.missing(path) }
      content = .procedural(source)
    case .folder:
      content = try DatasetSource.recognise(FileTree(folder: path), name: name)
    case .file:
      content = try DatasetSource.recognise(file: path, name: name)
    }
  }

  /// How the data set is stored.
  public var format: DatasetFormat {
    switch content {
    case .idx: .idx
    case .cifar: .cifar
    case .images, .attributes: .images
    case .npz: .npz
    case .table: .table
    case .graph: .graph
    case .text: .text
    case .procedural: .procedural
    }
  }

  /// The graph that is there, whose nodes ``load(_:options:)`` gives; nil for any other data.
  ///
  /// - Parameter seed: the seed of a generator.
  /// - Throws: the error of a generator.
  public func graph(seed: UInt64 = 0) throws -> Graph? {
    switch content {
    case .graph(let graph): graph
    case .procedural(let source): try source.graph(seed: seed)
    default: nil
    }
  }

  /// The parts that can be loaded; `all` alone where the data set is not divided.
  public var parts: Set<DatasetPart> {
    switch content {
    case .idx(let folder): folder.parts
    case .cifar(let batches): batches.parts
    case .attributes(let folder): folder.parts
    case .images(let folder): folder.parts
    case .npz(let archive): archive.parts
    case .table: [.all]
    case .graph(let graph): graph.parts
    case .text(let folder): folder.parts
    case .procedural(let source): source.parts
    }
  }

  /// Reads a part.
  ///
  /// - Parameters:
  ///   - part: the part; nil takes the test part of a data set that has one, and all of a data set
  ///     that is not divided.
  ///   - options: settings that some formats need.
  /// - Throws: `DatasetError`, or the error of a generator.
  public func load(_ part: DatasetPart? = nil, options: LoadOptions = LoadOptions()) throws
    -> Dataset
  {
    if let side = options.side { try check(side: side) }
    let data = try read(part, options)
    return try options.classes.map(data.restricted(toClasses:)) ?? data
  }

  private func check(side: Int) throws {
    guard (1...4096).contains(side) else {
      throw DatasetError(
        .badSetting, in: path, "cannot have images of \(side) pixels a side",
        remedy: "give a side of 1 to 4096 pixels")
    }
    guard format == .images else {
      throw DatasetError(
        .badSetting, in: path, "holds \(format.rawValue) data, which is not scaled",
        remedy: "leave the side out, or give images in files of their own")
    }
  }

  private func read(_ part: DatasetPart?, _ options: LoadOptions) throws -> Dataset {
    switch content {
    case .idx(let folder): return try Dataset(folder.load(part))
    case .cifar(let batches): return try Dataset(batches.load(part))
    case .attributes(let folder): return try folder.load(part, side: options.side)
    case .images(let folder): return try Dataset(folder.load(part, side: options.side))
    case .npz(let archive): return try archive.load(part)
    case .table(let bytes):
      _ = try DatasetPart.resolve(part, among: [.all], in: path)
      let table = try Table(bytes, name: path, options: options.table)
      return try Dataset(table.examples(named: name), range: Dataset.unbounded)
    case .graph(let graph): return try graph.dataset(part)
    case .text(let folder):
      return try folder.load(part, options)
    case .procedural(let source):
      let parts = try DatasetPart.resolve(part, among: source.parts, in: path)
      guard parts.count == 1 else {
        throw DatasetError(
          .badSetting, in: path, "draws one part at a time",
          remedy: "ask for its train or its test part")
      }
      return try source.load(parts[0], options: options)
    }
  }

  private static func title(_ path: String) -> String {
    var name = lastComponent(path)
    for ending in [".gz", ".tar", ".tgz", ".npz", ".csv", ".tsv"] where name.hasSuffix(ending) {
      name = String(name.dropLast(ending.count))
    }
    return name.isEmpty ? path : name
  }

  private static func recognise(_ tree: FileTree, name: String) throws -> Content {
    let idx = IDXFolder(tree, name: name)
    if !idx.parts.isEmpty { return .idx(idx) }
    let cifar = CIFAR(tree, name: name)
    if !cifar.parts.isEmpty { return .cifar(cifar) }
    let graph = GraphFolder(tree, name: name)
    if graph.isGraph { return .graph(try graph.load()) }
    if let attributes = AttributeFolder(tree, name: name) { return .attributes(attributes) }
    let images = ImageFolder(tree, name: name)
    if !images.isEmpty { return .images(images) }
    // Last, since any file may be text.
    if let text = TextFolder(tree, name: name) { return .text(text) }
    guard let first = tree.paths.first else {
      throw DatasetError(
        .empty, in: tree.name, "holds no files of a data set",
        remedy: "name a folder or archive with IDX files, CIFAR batches, images or texts by class")
    }
    throw DatasetError(
      .unrecognised, in: tree.name,
      "holds neither MNIST's IDX files nor CIFAR batches nor images in a folder for each class nor "
        + "lines of text in a file for each class (its first file is \(first))",
      remedy:
        "arrange images as class/image.png, text as class.txt with one example a line, a graph as "
        + "nodes.csv, edges.csv and features.csv, "
        + "or name the file of a table or NumPy archive")
  }

  private static func recognise(file path: String, name: String) throws -> Content {
    let bytes = try FileBytes.read(path)
    let head = try ByteStream(bytes, name: path).read(512)
    if Tar.isHeader(head) { return try recognise(FileTree(archive: bytes, name: path), name: name) }
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      return .npz(try NPZDataset(path, name: name))
    }
    if head.starts(with: [0, 0, 8]) {
      let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
      throw DatasetError(
        .notAFolder, in: path, "is one IDX file, but images and labels are needed",
        remedy: "name the folder that holds both: \(folder.isEmpty ? "/" : folder)")
    }
    let lower = path.lowercased()
    if lower.hasSuffix(".csv") || lower.hasSuffix(".tsv") { return .table(bytes) }
    throw DatasetError(
      .unrecognised, in: path,
      bytes.isEmpty
        ? "is an empty file" : "is not a tar archive, NumPy archive (.npz) or table (.csv, .tsv)",
      remedy: "name a data set's folder or archive")
  }
}

extension Dataset {
  /// Reads a data set, recognised by what is at `path`.
  ///
  /// - Parameters:
  ///   - path: a folder, archive, table or NumPy file, or the name of a generator such as `glyphs`.
  ///   - split: the part; nil takes the test part of a data set that has one, and all of a data set
  ///     that is not divided.
  ///   - options: settings that some formats need.
  /// - Throws: `DatasetError`, or the error of a generator.
  public static func load(
    from path: String, split: DatasetPart? = nil, options: LoadOptions = LoadOptions()
  ) throws -> Dataset {
    try DatasetSource(path).load(split, options: options)
  }
}
