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

  /// A matrix with a factor that makes it orthonormal: from the left where it has fewer rows than columns,
  /// from the right where it has more.
  struct Factored {
    let matrix: Tensor
    let factor: Tensor
    let direction: Tensor
    let isTall: Bool

    /// The matrix multiplied out, with singular values of at most 1 but for the rounding of a Gram matrix.
    var product: Tensor { isTall ? matrix.matmul(factor) : factor.matmul(matrix) }
  }

  /// The orthonormal matrix, and the direction in which the free one is largest.
  ///
  /// - Parameters:
  ///   - weight: `[…, m, n]`.
  ///   - direction: a unit vector to start the power iteration from, `[…, min(m, n), 1]`.
  /// - Returns: the matrix, with singular values of at most 1 but for its own rounding; and the direction.
  package static func orthonormal(
    _ weight: Tensor, direction: Tensor
  ) -> (weight: Tensor, direction: Tensor) {
    withPrecision(.float32, on: weight.device) {
      let found = factored(weight, direction: direction)
      let wide = found.isTall ? found.product.transposed() : found.product
      let result = Bjorck.stepped(wide)
      return (found.isTall ? result.transposed() : result, found.direction)
    }
  }

  /// The factor for a free matrix, which training needs not multiply out.
  static func factored(_ weight: Tensor, direction: Tensor) -> Factored {
    // Mixed precision would round what has to be orthogonal.
    withPrecision(.float32, on: weight.device) {
      let isTall = weight.size(-2) > weight.size(-1)
      let wide = isTall ? weight.transposed() : weight
      let gram = wide.rank == 2 ? wide.linear(wide) : wide.matmul(wide.transposed())
      let found = SpectralEstimate.direction(
        of: gram.detached(), from: direction.to(gram.dtype))
      let eigenvalue = found.transposed().matmul(gram.matmul(found)).clamped(to: 1e-30...)
      var square = eigenvalue * (margin * margin)
      let bound = SpectralEstimate.upperBound(of: gram.detached() / square.detached(), enough: safe)
      guard bound.isFinite else {
        reportFailure(
          TorchError(
            "a weight of shape \(weight.shape) is not finite",
            remedy: "lower the learning rate, or clip gradients"))
        return Factored(
          matrix: weight, factor: gram, direction: direction, isTall: isTall)
      }
      if bound > safe { square = square * bound }
      let result = Bjorck.orthonormalising(wide, gram: gram, square: square)
      return Factored(
        matrix: isTall ? result.matrix.transposed() : result.matrix, factor: result.factor,
        direction: found, isTall: isTall)
    }
  }

  /// A direction to start from.
  package static func direction(_ shape: [Int], using generator: Generator) -> Tensor {
    let count = min(shape[shape.count - 2], shape[shape.count - 1])
    let normal = Tensor.normal(shape.dropLast(2) + [count, 1], using: generator)
    return normal / normal.norm(along: [-2], keepingDimensions: true)
  }
}
