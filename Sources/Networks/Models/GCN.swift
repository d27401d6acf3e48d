import Torch

/// A graph convolutional network of two layers: `softmax(Â ReLU(Â X W₀) W₁)`, with dropout on the
/// features and on the hidden units and without biases.
///
/// Kipf and Welling, "Semi-supervised classification with graph convolutional networks", ICLR 2017,
/// equation 9 and section 5.2. Its inputs are the numbers of nodes `[N]` int64; the whole graph is
/// computed whichever are asked about. The vectors that smoothness terms move are the features of all
/// nodes. Features and edges belong to the data: they are exported with the model, but not saved with
/// its weights.
public final class GCN: EmbeddingClassifier {
  /// The features of all nodes, `[V, F]`.
  @Buffer public var features: Tensor
  private let neighbours: NeighbourSum
  private let hidden: Linear
  private let output: Linear
  private let dropout: Dropout

  /// A network with random weights (Glorot and Bengio's, as in the paper).
  ///
  /// - Parameters:
  ///   - graph: the graph whose nodes are classified.
  ///   - hidden: the number of hidden units.
  ///   - dropout: the probability of dropping a feature or a hidden unit, at least 0 and below 1.
  public init(
    graph: NodeGraph, classCount: Int, hidden: Int = 16, dropout: Double = 0.5,
    using generator: Generator
  ) {
    _features = Buffer(wrappedValue: graph.features, isPersistent: false)
    neighbours = NeighbourSum(edges: graph.edges, nodeCount: graph.nodeCount)
    self.hidden = Linear(
      graph.features.size(1), hidden, hasBias: false, initialiser: .xavierUniform,
      using: generator)
    output = Linear(
      hidden, classCount, hasBias: false, initialiser: .xavierUniform, using: generator)
    self.dropout = Dropout(dropout)
  }

  /// The features of all nodes, `[V, F]`, whichever are asked about.
  public func embedding(of input: Tensor) -> Tensor { features }

  /// Every pass moves the whole graph.
  public var embedsEverything: Bool { true }

  /// The logits `[N, K]` of nodes `[N]` when all nodes have the given features `[V, F]`.
  public func logits(ofEmbedding embedding: Tensor, of input: Tensor, _ pass: Pass) -> Tensor {
    logits(of: input, features: embedding, pass) { neighbours($0, pass) }
  }

  /// The logits `[N, K]` of nodes `[N]` in a graph with other edges, evaluated.
  ///
  /// - Parameter adjacency: `[V, V]`, symmetric; entries between 0 and 1 are edges of that weight, so
  ///   that gradients can be taken with respect to them. The diagonal counts for nothing.
  public func logits(of input: Tensor, adjacency: Tensor) -> Tensor {
    let normalised = NeighbourSum.normalised(adjacency)
    return logits(of: input, features: features, .evaluation) { normalised.matmul($0) }
  }

  private func logits(
    of input: Tensor, features: Tensor, _ pass: Pass, sum: (Tensor) -> Tensor
  ) -> Tensor {
    let units = sum(hidden(dropout(features, pass), pass)).relu()
    return sum(output(dropout(units, pass), pass)).selecting(rows: input)
  }

  /// The network with its graph in TorchScript: it maps numbers of nodes to logits.
  public var scriptSource: String {
    """
    h = torch.relu(self.neighbours.forward(self.hidden.forward(self.features)))
    return torch.index_select(self.neighbours.forward(self.output.forward(h)), 0, x)
    """
  }
}
