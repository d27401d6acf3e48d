import Torch

/// Largest singular values, from above.
package enum SpectralNorm {
  /// What a bound is multiplied with for the rounding of its own computation.
  ///
  /// The Gram matrix of `m` by `n` is wrong by `n r 1e-16` of its largest eigenvalue at most, with `r` the
  /// rank, and the eigenvalue by about as much once more: 1e-9 for thousands of features and units.
  static let slack = 1 + 1e-8

  /// An upper bound on the largest singular value of a matrix, or of every one of a batch: the largest of
  /// them all.
  ///
  /// - Parameter matrices: `[…, m, n]`.
  package static func upperBound(of matrices: Tensor) -> Double {
    let matrix = matrices.detached().to(.float64)
    guard matrix.count > 0 else { return 0 }
    let isWide = matrix.size(-2) <= matrix.size(-1)
    let gram = isWide ? matrix.matmul(matrix.transposed()) : matrix.transposed().matmul(matrix)
    return upperBound(ofGram: gram)
  }

  /// The root of the largest eigenvalue of Gram matrices, `[…, n, n]`, real or complex.
  static func upperBound(ofGram gram: Tensor) -> Double {
    let largest = gram.symmetricEigen().values.max().item
    // Weights that are not finite prove nothing.
    return largest.isNaN ? .infinity : max(0, largest).squareRoot() * slack
  }
}
