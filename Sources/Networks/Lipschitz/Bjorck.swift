import Torch

/// The iteration of Björck and Bowie, which leads a matrix to the nearest one with orthonormal rows or
/// columns: every singular value to 1.
///
/// Björck and Bowie, "An iterative algorithm for computing the best estimate of an orthogonal matrix",
/// 1971; Anil, Lucas and Grosse, "Sorting out Lipschitz function approximation", ICML 2019. One iteration
/// of order 1 with β = 1/2 takes a singular value σ to 1.5 σ - 0.5 σ³, which is at most 1 for every σ up
/// to 2; it diverges above √5, so matrices are scaled before (`SpectralWeight`). All functions are
/// differentiable, without any part detached.
public enum Bjorck {
  /// The norm of a step at which the iteration ends.
  static let tolerance = 1e-3
  /// The most iterations; 25 lead every singular value above 1e-4 to 1.
  static let limit = 25

  /// A polynomial of the matrix that leads singular values to 1 with an error of power `order + 1`.
  ///
  /// - Parameters:
  ///   - matrix: `[…, m, n]`, with singular values up to about 1.
  ///   - order: 1 to 4; even ones lead singular values above 1 away from it.
  ///   - beta: the length of the step of order 1, in (0, 1/2]; below 1/2 singular values above 1 stay
  ///     above it.
  ///   - count: how many iterations.
  public static func iterated(
    _ matrix: Tensor, order: Int = 1, beta: Double = 0.5, count: Int = 1
  ) -> Tensor {
    precondition(1...4 ~= order && (beta == 0.5 || order == 1), "order \(order), beta \(beta)")
    let coefficients: [Double] = order == 1 ? [1 + beta, -beta] : series[order - 2]
    var current = matrix
    for _ in 0..<count { current = polynomial(coefficients, of: current) }
    return current
  }

  /// The odd polynomial of a matrix, by Horner's scheme in powers of the smaller Gram matrix.
  private static func polynomial(_ coefficients: [Double], of matrix: Tensor) -> Tensor {
    let isWide = matrix.size(-2) <= matrix.size(-1)
    let transposed = matrix.transposed()
    let gram = isWide ? matrix.matmul(transposed) : transposed.matmul(matrix)
    var sum = matrix * coefficients[coefficients.count - 1]
    for coefficient in coefficients.dropLast().reversed() {
      let product = isWide ? gram.matmul(sum) : sum.matmul(gram)
      sum = product + matrix * coefficient
    }
    return sum
  }

  /// The coefficients of W, WWᵀW, …: those of the series of (1 - x)^(-1/2).
  private static let series: [[Double]] = [
    [15.0 / 8, -5.0 / 4, 3.0 / 8],
    [35.0 / 16, -35.0 / 16, 21.0 / 16, -5.0 / 16],
    [315.0 / 128, -105.0 / 32, 189.0 / 64, -45.0 / 32, 35.0 / 128],
  ]

  /// Order 1 with β = 1/2 until a step is shorter than a tolerance, as a matrix that multiplies the given one
  /// from the left: the result is `factor matrix`.
  ///
  /// The iteration moves Gram matrices alone, which are small. Its rounding grows by 2.25 a step where
  /// singular values are small, so that after a few steps the matrix is multiplied out and its Gram matrix
  /// computed anew.
  ///
  /// - Parameters:
  ///   - matrix: `[…, m, n]` with `m <= n`.
  ///   - gram: `matrix matrixᵀ`.
  ///   - square: what the Gram matrix is divided by, `[…, 1, 1]`, so that its eigenvalues are at most 4.
  /// - Returns: the matrix, or what it was when it was last multiplied out, and the factor, `[…, m, m]`.
  static func orthonormalising(
    _ matrix: Tensor, gram: Tensor, square: Tensor, tolerance: Double = tolerance,
    limit: Int = limit
  ) -> (matrix: Tensor, factor: Tensor) {
    let identity = identity(like: gram)
    var current = matrix
    var inner = gram / square
    // The matrix itself stays as large as it is: dividing a factor is cheaper.
    var root: Tensor? = square.sqrt()
    var power: Tensor?
    var block = 0
    for count in 1...limit {
      let step = step(inner, identity)
      power = power.map { $0.matmul(step) } ?? step
      // ‖(step - 1) W‖ is the length of the step, and no singular value of W is above 2.
      let isLast = count == limit || (step.detached() - identity).norm().item < tolerance
      if isLast { break }
      block += 1
      if block == blockSize, let product = power {
        current = (root.map { product / $0 } ?? product).matmul(current)
        root = nil
        inner = current.matmul(current.transposed())
        (power, block) = (nil, 0)
      } else {
        inner = step.matmul(inner.matmul(step))
      }
    }
    let factor = power ?? identity
    return (current, root.map { factor / $0 } ?? factor)
  }

  /// How many steps rounding grows for: by 130 at most.
  private static let blockSize = 6

  /// One more step from the matrix itself, so that no singular value is above 1 but for its rounding.
  static func stepped(_ matrix: Tensor) -> Tensor {
    let gram = matrix.matmul(matrix.transposed())
    return step(gram, identity(like: gram)).matmul(matrix)
  }

  private static func identity(like gram: Tensor) -> Tensor {
    Tensor.identity(gram.size(-1), dtype: gram.dtype).to(gram.device)
  }

  /// `1.5 - 0.5 gram`.
  private static func step(_ gram: Tensor, _ identity: Tensor) -> Tensor {
    Operator.subTensor(identity * 1.5, gram, 0.5)
  }
}
