import Torch

/// Inputs that attacks by decisions may start from: examples of other classes.
public struct StartingPool: Sendable {
  /// The inputs, `[M, …]`.
  public let inputs: Tensor
  /// Their classes; where they are known an example only starts from the class it is to reach, or from
  /// another than its own.
  public let labels: [Int]?
  /// Their indices in the data set; where they are known no example starts from itself.
  public let indices: [Int]?

  /// Inputs of which nothing else is known.
  public init(_ inputs: Tensor) { (self.inputs, labels, indices) = (inputs, nil, nil) }

  /// Examples of the data set that is attacked.
  public init(_ examples: Batch) {
    inputs = examples.inputs
    labels = examples.labels.values(as: Int.self)
    indices = examples.indices
  }

  /// For every active example the rows that it may start from, nearest first.
  ///
  /// - Throws: ``PerturbationError/shape(name:shape:inputs:)`` for inputs of another shape, and
  ///   ``PerturbationError/noStart(example:target:)`` where no input is of the class to reach.
  func queues(for search: Search) throws(PerturbationError) -> [[Int]] {
    let shape = Array(search.centers.shape.dropFirst())
    guard Array(inputs.shape.dropFirst()) == shape else {
      throw .shape(
        name: "pool of starts", shape: Array(inputs.shape.dropFirst()), inputs: shape)
    }
    let pool = inputs.to(search.centers.dtype).to(search.centers.device)
    let targets = search.targets?.values(as: Int.self)
    let own = search.labels.values(as: Int.self)
    var queues: [[Int]] = []
    for (row, index) in search.indices.enumerated() {
      let nearest = search.ball.length(of: pool - search.centers[row]).sorted().indices
      let queue = nearest.values(as: Int.self).filter { candidate in
        guard indices?[candidate] != index else { return false }
        guard let label = labels?[candidate] else { return true }
        return targets.map { label == $0[row] } ?? (label != own[row])
      }
      guard !queue.isEmpty || labels == nil else {
        throw .noStart(example: index, target: targets?[row])
      }
      queues.append(queue)
    }
    return queues
  }
}
