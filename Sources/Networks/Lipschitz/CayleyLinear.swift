import Torch

/// An affine map with orthonormal rows or columns by the Cayley transform: `[…, in]` to `[…, out]`.
///
/// Trockman and Kolter, "Orthogonalizing convolutional layers with the Cayley transform", ICLR 2021. With
/// `U` the square and `V` the other part of the free matrix and `A = U - Uᵀ + VᵀV`, the columns of
/// `(1 + A)⁻¹ (1 - A)` above `-2 V (1 + A)⁻¹` are orthonormal.
public final class CayleyLinear: ConstrainedLayer {
  /// The free weight, `[out, in]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?

  /// A layer with random weights.
  public init(_ inputs: Int, _ outputs: Int, hasBias: Bool = true, using generator: Generator) {
    _weight = Parameter(
      wrappedValue: Initialiser.xavierUniform.weight([outputs, inputs], using: generator))
    bias = hasBias ? Parameter(wrappedValue: .zeros([outputs])) : nil
  }

  /// The weight as it acts now, `[out, in]`.
  public var orthonormalWeight: Tensor {
    withPrecision(.float32, on: weight.device) { CayleyTransform.orthonormal(weight) }
  }

  /// Applies the map.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.linear(orthonormalWeight, bias: bias?.value)
  }

  /// A plain linear layer.
  public func materialised() -> any Layer { Linear(weight: orthonormalWeight, bias: bias?.value) }
}

/// The Cayley transform of matrices of any shape, real or complex.
enum CayleyTransform {
  /// Matrices `[…, m, n]` with orthonormal rows or columns.
  static func orthonormal(_ matrix: Tensor) -> Tensor {
    guard matrix.size(-2) >= matrix.size(-1) else {
      return orthonormal(matrix.adjoint()).adjoint()
    }
    let count = matrix.size(-1)
    let square = matrix.narrowed(to: 0..<count, along: matrix.rank - 2)
    let rest = matrix.narrowed(to: count..<matrix.size(-2), along: matrix.rank - 2)
    let identity = Tensor.identity(count).to(matrix.dtype).to(matrix.device)
    let skew = square - square.adjoint() + rest.adjoint().matmul(rest)
    let inverse = (identity + skew).inverse()
    return .concatenated(
      [inverse.matmul(identity - skew), rest.matmul(inverse) * -2], along: matrix.rank - 2)
  }
}

extension Tensor {
  /// Conjugate transposes of matrices.
  fileprivate func adjoint() -> Tensor {
    dtype == .complex64 || dtype == .complex128 ? transposed().conjugated() : transposed()
  }
}
