import Torch

/// A folder or archive with a graph as three tables.
///
/// - `nodes.csv`: `node,label,split`; the split is train, validation, test or anything else for none
///   of them, and may be left out as a column.
/// - `edges.csv`: `source,target`, undirected.
/// - `features.csv`: `node,word` with an optional `value`, the features that are not zero; words count
///   from 0.
/// - `classes.txt`, where it is there: the names of the classes, one a line.
struct GraphFolder {
  private let tree: FileTree
  private let name: String

  init(_ tree: FileTree, name: String) {
    self.tree = tree
    self.name = name
  }

  /// Whether nodes and edges are there.
  var isGraph: Bool { tree.find(["nodes.csv"]) != nil && tree.find(["edges.csv"]) != nil }

  /// Reads and checks the graph.
  ///
  /// - Throws: `DatasetError` with file and line.
  func load() throws -> Graph {
    let nodes = try NodeTable(rows("nodes.csv", ["node", "label"]), classNames: classNames())
    let edges = try edges(nodes)
    return try Graph(
      name: name, features: features(nodes), edges: edges, labels: nodes.labels,
      classNames: nodes.classNames, split: nodes.split)
  }

  private func classNames() throws -> [String]? {
    guard let file = tree.find(["classes.txt"]) else { return nil }
    return try ClassList.read(tree.bytes(file), name: tree.place(file))
  }

  private func rows(_ name: String, _ columns: [String]) throws -> NamedRows {
    guard let file = tree.find([name]) else {
      throw DatasetError(
        .missing, in: tree.name, "has no \(name)",
        remedy: "write a table with the columns \(columns.joined(separator: ", "))")
    }
    return try NamedRows(tree.bytes(file), name: tree.place(file), columns: columns)
  }

  private func edges(_ nodes: NodeTable) throws -> [Graph.Edge] {
    let table = try rows("edges.csv", ["source", "target"])
    return try table.rows.map { row in
      try Graph.Edge(
        nodes.index(row, "source", in: table), nodes.index(row, "target", in: table))
    }
  }

  private func features(_ nodes: NodeTable) throws -> Tensor {
    let table = try rows("features.csv", ["node", "word"])
    let entries = try table.rows.map { row in
      (
        node: try nodes.index(row, "node", in: table), word: try word(row, table),
        value: try value(row, table)
      )
    }
    let width = (entries.map(\.word).max() ?? 0) + 1
    let count = nodes.labels.count
    guard let size = product(of: [count, width]), size <= Self.sizeLimit else {
      throw DatasetError(
        .tooLarge, in: table.name, "has \(width) words for \(count) nodes",
        remedy: "keep the number of words times that of nodes at \(Self.sizeLimit) at most")
    }
    var values = [Float](repeating: 0, count: size)
    for entry in entries { values[entry.node * width + entry.word] = entry.value }
    return Tensor(values, shape: [count, width])
  }

  /// A wrong number must not make a matrix that fills the memory.
  private static let sizeLimit = 1 << 30
  private static let wordLimit = 1 << 24

  private func word(_ row: CSVReader.Row, _ table: NamedRows) throws -> Int {
    let text = table.field("word", row) ?? ""
    guard let word = Int(text), 0..<Self.wordLimit ~= word else {
      throw DatasetError(
        .badValue, in: table.name, "line \(row.line): \"\(text)\" is not the number of a word",
        remedy: "number words from 0 to at most \(Self.wordLimit - 1)")
    }
    return word
  }

  private func value(_ row: CSVReader.Row, _ table: NamedRows) throws -> Float {
    guard let text = table.field("value", row) else { return 1 }
    guard let value = Float(text), value.isFinite else {
      throw DatasetError(
        .badValue, in: table.name, "line \(row.line): \"\(text)\" is not a finite number",
        remedy: "leave out features that are not known")
    }
    return value
  }
}
