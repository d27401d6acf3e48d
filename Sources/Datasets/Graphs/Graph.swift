import Files
import Torch

/// Nodes with features and classes, and undirected edges between them, checked once.
///
/// A model of a graph sees all of it whichever nodes it is asked about; ``dataset(_:)`` says which
/// nodes those are.
public struct Graph: Sendable {
  /// An undirected edge between two nodes, the one with the smaller number first.
  public struct Edge: Hashable, Comparable, Sendable {
    /// The node with the smaller number.
    public let first: Int
    /// The node with the larger number; the same one for a self loop.
    public let second: Int

    /// The edge between two nodes, in either order.
    public init(_ one: Int, _ other: Int) {
      first = min(one, other)
      second = max(one, other)
    }

    /// By the first node, then by the second.
    public static func < (left: Edge, right: Edge) -> Bool {
      (left.first, left.second) < (right.first, right.second)
    }
  }

  /// What the graph is called.
  public let name: String
  /// The features of every node, `[V, F]` float32.
  public let features: Tensor
  /// The edges in ascending order, each once; self loops are among them.
  public let edges: [Edge]
  /// The class of every node, in `0..<classNames.count`.
  public let labels: [Int]
  /// The names of the classes.
  public let classNames: [String]
  /// The nodes of the train, validation and test parts, ascending; nodes may be in none of them.
  public let split: [DatasetPart: [Int]]

  /// A graph from its parts.
  ///
  /// Edges that are given several times, also in both directions, count once.
  ///
  /// - Parameters:
  ///   - name: what to call it, also in errors.
  ///   - features: `[V, F]` float32, finite.
  ///   - edges: between nodes in `0..<V`.
  ///   - labels: a class for every node.
  ///   - split: nodes in `0..<V` for some of the parts train, validation and test.
  /// - Throws: `DatasetError` (empty, countsDiffer, unsupported, labelOutOfRange, notFinite,
  ///   dangling), naming the first node or edge that is wrong.
  public init(
    name: String, features: Tensor, edges: some Sequence<Edge>, labels: [Int],
    classNames: [String], split: [DatasetPart: [Int]] = [:]
  ) throws {
    try DatasetCheck(
      name: name, inputs: features, labels: Tensor(labels.map(Int64.init)), classNames: classNames
    ).run(range: Dataset.unbounded)
    guard features.dtype == .float32, features.rank == 2 else {
      throw DatasetError(
        .unsupported, in: name, "has \(features.dtype) features of shape \(features.shape)",
        remedy: "give float32 features [V, F]")
    }
    self.name = name
    self.features = features
    self.edges = Set(edges).sorted()
    self.labels = labels
    self.classNames = classNames
    self.split = split.mapValues { Set($0).sorted() }
    let nodes = labels.indices
    let ends = self.edges.flatMap { [$0.first, $0.second] }
    if let node = (ends + split.values.joined()).first(where: { !nodes.contains($0) }) {
      throw DatasetError(
        .dangling, in: name, "node \(node) is not there; the \(labels.count) nodes count from 0",
        remedy: "leave out edges and parts with nodes that do not exist")
    }
  }

  /// The number of nodes, V.
  public var nodeCount: Int { labels.count }

  /// The number of features of a node, F.
  public var featureCount: Int { features.size(1) }

  /// The edges as `[E, 2]` int64, the smaller node of each first.
  public var edgeIndex: Tensor {
    Tensor(edges.flatMap { [Int64($0.first), Int64($0.second)] }, shape: [edges.count, 2])
  }

  /// The symmetric adjacency matrix `[V, V]` float32: one for every edge, also on the diagonal for
  /// self loops, and zero elsewhere.
  public var adjacency: Tensor {
    var values = [Float](repeating: 0, count: nodeCount * nodeCount)
    for edge in edges {
      values[edge.first * nodeCount + edge.second] = 1
      values[edge.second * nodeCount + edge.first] = 1
    }
    return Tensor(values, shape: [nodeCount, nodeCount])
  }

  /// The same graph with every node's features divided by the sum of their absolute values, as Kipf
  /// and Welling (ICLR 2017) prepare bags of words; features that are all zero stay so.
  public func rowNormalised() throws -> Graph {
    let sums = features.abs().sum(along: [1], keepingDimensions: true)
    return try Graph(
      name: name, features: features / sums.filled(where: sums.equal(to: 0.0), with: 1),
      edges: edges, labels: labels, classNames: classNames, split: split)
  }

  /// A SHA-256 digest, in hexadecimal, of features, edges, labels, class names and split.
  ///
  /// - Throws: an error that says so where libcrypto is set up to refuse SHA-256.
  public func fingerprint() throws -> String {
    let digest = Digest(.sha256)
    let parts = split.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: "\n")
    digest.update(
      "\(features.shape)\n\(classNames.joined(separator: "\n"))\n\(labels)\n\(parts)\n")
    features.withUnsafeBytes(digest.update)
    edgeIndex.withUnsafeBytes(digest.update)
    return try digest.hexadecimal()
  }
}
