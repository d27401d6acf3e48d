import Torch

/// What a model of a graph is built for: the features of its nodes and the edges between them.
public struct NodeGraph: Sendable {
  /// The features of all nodes, `[V, F]`.
  public let features: Tensor
  /// Undirected edges, `[E, 2]` int64 with nodes in `0..<V`, each once; self loops are left aside,
  /// since models give every node one.
  public let edges: Tensor

  /// A graph from its tensors.
  public init(features: Tensor, edges: Tensor) {
    self.features = features
    self.edges = edges
  }

  /// The number of nodes, V.
  public var nodeCount: Int { features.size(0) }
}
