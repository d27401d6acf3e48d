import Torch

/// The perturbation of a graph's edges: at most so many undirected edges are added or removed, those
/// that raise a loss most to first order.
///
/// The gain of flipping the edge between i and j is `(∂L/∂A_ij + ∂L/∂A_ji) (1 - 2 A_ij)`: the gradient
/// where there is no edge and its negative where there is one. The k largest positive gains are the
/// maximum of the linearised loss over all graphs within k flips, so taking them at once is one
/// projected step; taking them one by one, with a new gradient each, is the greedy form (Zügner and
/// Günnemann, "Adversarial attacks on graph neural networks via meta learning", ICLR 2019, section
/// 4.3). The matrix stays symmetric and its diagonal as it is.
public struct EdgeFlips: Sendable, Equatable {
  /// How many edges may be flipped.
  public let budget: Int
  /// How many of them are flipped for each gradient: 1 is greedy, the budget is a single step.
  public let flipsPerGradient: Int

  /// A graph within the budget.
  public struct Result: Sendable {
    /// The adjacency matrix, `[V, V]`.
    public let adjacency: Tensor
    /// The pairs of nodes between which an edge was added or removed, in that order, the smaller
    /// number first; fewer than the budget where no other flip raises the loss.
    public let flips: [(first: Int, second: Int)]
  }

  /// A perturbation.
  ///
  /// - Throws: `PerturbationError.setting` for numbers below 0 and 1.
  public init(budget: Int, flipsPerGradient: Int = 1) throws(PerturbationError) {
    guard budget >= 0 else {
      throw .setting(name: "budget", value: Double(budget), allowed: "at least 0")
    }
    guard flipsPerGradient >= 1 else {
      throw .setting(
        name: "flipsPerGradient", value: Double(flipsPerGradient), allowed: "at least 1")
    }
    self.budget = budget
    self.flipsPerGradient = flipsPerGradient
  }

  /// The graph that raises a loss most, as far as gradients tell.
  ///
  /// - Parameters:
  ///   - adjacency: `[V, V]` of zeros and ones, symmetric.
  ///   - mask: ones for pairs that may be flipped, in the same shape; all pairs when `nil`.
  ///   - loss: a tensor with one element for an adjacency matrix.
  /// - Throws: `PerturbationError` for another matrix or mask, and what the loss throws.
  public func perturbed(
    _ adjacency: Tensor, mask: Tensor? = nil, loss: (Tensor) throws -> Tensor
  ) throws -> Result {
    try Self.check(adjacency)
    if let mask, mask.shape != adjacency.shape {
      throw PerturbationError.shape(name: "mask", shape: mask.shape, inputs: adjacency.shape)
    }
    let count = adjacency.size(0)
    let nodes = Tensor.range(0..<count).to(adjacency.device)
    // One of the two entries of a pair, and none of the diagonal.
    var allowed = nodes.unsqueezed(1).less(than: nodes.unsqueezed(0))
    if let mask { allowed = allowed.and(mask.notEqual(to: 0)) }
    var current = adjacency.detached()
    var flips: [(first: Int, second: Int)] = []
    while flips.count < budget {
      let gradient = try valueAndGradient(at: current, of: loss).gradient
      let gains = (gradient + gradient.transposed()) * (1 - 2 * current)
      let best = Self.best(
        gains.filled(where: allowed.not(), with: 0), min(flipsPerGradient, budget - flips.count))
      guard !best.isEmpty else { break }
      let (rows, columns) = (Tensor(best.map(\.first)), Tensor(best.map(\.second)))
      let flipped = (1 - current).elements(at: [rows, columns])
      current = current.replacing(at: [rows, columns], with: flipped)
        .replacing(at: [columns, rows], with: flipped)
      // Nothing is flipped twice: two flips of an edge are none, and would use up the budget.
      allowed = allowed.replacing(at: [rows, columns], with: Tensor.zeros([], dtype: .bool))
      flips += best
    }
    return Result(adjacency: current, flips: flips)
  }

  /// The pairs with the largest positive gains, the largest first.
  private static func best(_ gains: Tensor, _ count: Int) -> [(first: Int, second: Int)] {
    let size = gains.size(1)
    let top = gains.flattened().top(min(count, gains.count))
    return zip(top.values.values(as: Double.self), top.indices.values(as: Int.self))
      .filter { $0.0 > 0 }.map { (first: $0.1 / size, second: $0.1 % size) }
  }

  private static func check(_ adjacency: Tensor) throws(PerturbationError) {
    guard adjacency.rank == 2, adjacency.size(0) == adjacency.size(1), adjacency.size(0) > 0 else {
      throw .shape(name: "adjacency", shape: adjacency.shape, inputs: [adjacency.shape.first ?? 0])
    }
    let isWrong = adjacency.notEqual(to: 0).and(adjacency.notEqual(to: 1))
      .or(adjacency.notEqual(to: adjacency.transposed()))
    guard isWrong.any else { return }
    let value = adjacency.selecting(where: isWrong)[0].item
    throw .setting(
      name: "the adjacency", value: value, allowed: "a symmetric matrix of zeros and ones")
  }
}
