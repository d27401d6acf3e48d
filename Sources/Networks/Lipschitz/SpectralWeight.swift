import Torch

/// The nearest matrix with orthonormal rows or columns, as a differentiable function of a free matrix:
/// division by the largest singular value, then Björck's iteration.
///
/// The largest singular value comes from a power iteration, which sees less than there is. So the scaled
/// matrix is checked with a bound from above before it is iterated, and scaled down further where the
/// estimate was too small by a factor of 2 or more: nothing diverges, however fast weights move.
package enum SpectralWeight {
  /// What the estimate is multiplied with, so that singular values start a little below 1.
  private static let margin = 1 + 1e-3
  /// The square of the largest singular value from which one iteration leads below 1.
  private static let safe = 4.0

  /// The orthonormal matrix, and the direction in which the free one is largest.
  ///
  /// - Parameters:
  ///   - weight: `[…, m, n]`.
  ///   - direction: a unit vector to start the power iteration from, `[…, min(m, n), 1]`.
  /// - Returns: the matrix, with singular values of at most 1 but for rounding; and the direction.
  package static func orthonormal(
    _ weight: Tensor, direction: Tensor
  ) -> (weight: Tensor, direction: Tensor) {
    // Mixed precision would round what has to be orthogonal.
    withPrecision(.float32, on: weight.device) {
      let isTall = weight.size(-2) > weight.size(-1)
      let wide = isTall ? weight.transposed() : weight
      let gram = wide.matmul(wide.transposed())
      let found = SpectralEstimate.direction(of: gram.detached(), from: direction.to(gram.dtype))
      let eigenvalue = found.transposed().matmul(gram.matmul(found)).clamped(to: 1e-30...)
      var square = eigenvalue * (margin * margin)
      let bound = SpectralEstimate.upperBound(of: gram.detached() / square.detached(), enough: safe)
      guard bound.isFinite else {
        reportFailure(
          TorchError(
            "a weight of shape \(weight.shape) is not finite",
            remedy: "lower the learning rate, or clip gradients"))
        return (weight, direction)
      }
      if bound > safe { square = square * bound }
      let result = Bjorck.orthonormalised(wide / square.sqrt(), gram: gram / square)
      return (isTall ? result.transposed() : result, found)
    }
  }

  /// A direction to start from.
  package static func direction(_ shape: [Int], using generator: Generator) -> Tensor {
    let count = min(shape[shape.count - 2], shape[shape.count - 1])
    let normal = Tensor.normal(shape.dropLast(2) + [count, 1], using: generator)
    return normal / normal.norm(along: [-2], keepingDimensions: true)
  }
}
