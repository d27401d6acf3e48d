extension Tensor {
  /// The matrix product; leading dimensions broadcast.
  public func matmul(_ other: Tensor) -> Tensor { Operator.matmul(self, other) }
  /// `scale * self + factor * left right`, of matrices or batches of them.
  public func scaled(
    by scale: Double = 1, addingProduct left: Tensor, _ right: Tensor, times factor: Double = 1
  ) -> Tensor {
    left.rank == 2
      ? Operator.addmm(self, left, right, scale, factor)
      : Operator.baddbmm(self, left, right, scale, factor)
  }
  /// The inner product of two vectors.
  public func dot(_ other: Tensor) -> Tensor { Operator.dot(self, other) }
  /// The outer product of two vectors.
  public func outer(_ other: Tensor) -> Tensor { Operator.outer(self, other) }
  /// A sum of products in Einstein's notation, such as `"bij,bjk->bik"`.
  public static func einsum(_ equation: String, _ tensors: Tensor...) -> Tensor {
    Operator.einsum(equation, tensors)
  }
  /// Distances of some order between the rows of two matrices.
  public func pairwiseDistances(to other: Tensor, order: Double = 2) -> Tensor {
    Operator.cdist(self, other, order)
  }
  /// The reduced singular value decomposition.
  public func svd() -> (u: Tensor, singularValues: Tensor, vTransposed: Tensor) {
    let parts = Operator.svd.list(self, false)
    guard parts.count == 3 else { return (.placeholder, .placeholder, .placeholder) }
    return (parts[0], parts[1], parts[2])
  }
  /// The reduced QR decomposition.
  public func qr() -> (q: Tensor, r: Tensor) { Operator.qr.pair(self) }
  /// Eigenvalues, ascending, and eigenvectors (columns) of symmetric matrices.
  public func symmetricEigen() -> (values: Tensor, vectors: Tensor) { Operator.eigh.pair(self) }
  /// The solution `x` of `self x = right`.
  public func solve(_ right: Tensor) -> Tensor { Operator.solve(self, right) }
  /// The least-squares solution `x` of `self x = right`.
  public func leastSquares(_ right: Tensor) -> Tensor {
    Operator.lstsq.list(self, right).first ?? .placeholder
  }
  /// The inverse of square matrices.
  public func inverse() -> Tensor { Operator.inv(self) }
  /// The determinant of square matrices.
  public func determinant() -> Tensor { Operator.det(self) }
  /// The lower Cholesky factor of positive definite matrices.
  public func cholesky() -> Tensor { Operator.cholesky(self) }
  /// The sum of the diagonal of a matrix.
  public func trace() -> Tensor { Operator.trace(self) }
}
