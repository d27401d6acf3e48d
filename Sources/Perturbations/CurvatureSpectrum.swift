import Torch

/// The largest eigenvalues of the Hessian of the divergence of predictions in each input: how fast, to
/// second order, predictions move in the directions in which they move most. With K classes at most
/// K - 1 are not zero.
///
/// Power iteration with deflation: each direction is kept orthogonal to those found before.
public struct CurvatureSpectrum: Sendable {
  /// How many eigenvalues, at least 1.
  public var count: Int
  /// Iterations for each of them.
  public var iterations: Int
  /// How the Hessian is asked.
  public var rule: VirtualAdversarialDirection

  /// A spectrum.
  public init(
    count: Int = 1, iterations: Int = 10,
    rule: VirtualAdversarialDirection = VirtualAdversarialDirection()
  ) {
    self.count = count
    self.iterations = iterations
    self.rule = rule
  }

  /// The eigenvalues `[N, count]`, the largest first, in nats per squared unit of the features, and
  /// their directions, `count` tensors in the shape of the features.
  ///
  /// - Parameter streams: one for each row of `features`.
  public func values(
    at features: Tensor, clean: Tensor, streams: inout [RandomStream],
    logits: (Tensor) throws -> Tensor
  ) rethrows -> (values: Tensor, directions: [Tensor]) {
    let features = features.detached()
    let shape = Array(features.shape.dropFirst())
    var directions: [Tensor] = []
    var values: [Tensor] = []
    for _ in 0..<max(1, count) {
      let draw = Tensor.normal(shape, dtype: features.dtype, perExample: &streams)
      var direction = unit(draw.to(features.device), orthogonalTo: directions)
      var product = direction
      for iteration in 0...iterations {
        product = try rule.product(
          with: direction, at: features, clean: clean.detached(), logits: logits)
        if iteration < iterations { direction = unit(product, orthogonalTo: directions) }
      }
      values.append((product * direction).examplesFlattened.sum(along: 1))
      directions.append(direction)
    }
    return (.stacked(values, along: 1), directions)
  }

  private func unit(_ direction: Tensor, orthogonalTo others: [Tensor]) -> Tensor {
    var rest = direction
    for other in others {
      let shared = (rest * other).examplesFlattened.sum(along: 1)
      rest = rest - other * shared.broadcastable(toRank: rest.rank)
    }
    return L2().steepest(rest)
  }
}
