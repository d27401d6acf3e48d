import Torch

/// How much two things of the same examples depend on one another, by their kernels `[m, m]`.
///
/// Kernels are Gaussian with the variance `2 σ² D` of D coordinates, or linear. Centring is by `H = I - 1 1ᵀ / m`.
public enum KernelDependence: String, Sendable, Codable, CaseIterable {
  /// The normalised Hilbert-Schmidt independence criterion, `tr R_x R_y` with
  /// `R = K H (K H + ε m I)⁻¹` and ε = 1e-5 (Ma et al., "The HSIC bottleneck", AAAI 2020): from 0 to the number
  /// of directions that both have, at most m - 1.
  case hsic
  /// The constrained covariance `√‖H K H L H‖ / m` (Gretton et al., AISTATS 2005) with the Frobenius norm that
  /// the code of Peng et al. takes; Gretton's own is the spectral norm, which is smaller.
  case coco

  /// What is added to centred kernels, in units of m.
  public static let epsilon = 1e-5

  /// The dependence of two kernels `[m, m]`, a tensor with one element in float64.
  ///
  /// The normalised criterion is computed as `tr A (A + ε m)⁻¹ B (B + ε m)⁻¹` with `A = H K H` and `B = H L H`,
  /// which is the same number, since `K H (K H + c)⁻¹ = K H (H K H + c)⁻¹ H`, of symmetric matrices.
  public func callAsFunction(_ first: Tensor, _ second: Tensor) -> Tensor {
    let count = first.size(0)
    let (a, b) = (Self.centred(first), Self.centred(second))
    switch self {
    case .hsic:
      let ridge =
        Tensor.identity(count, dtype: .float64).to(a.device) * (Self.epsilon * Double(count))
      // (A + c)⁻¹ A is symmetric, so the trace of the product is the sum of products.
      return ((a + ridge).solve(a) * (b + ridge).solve(b)).sum()
    case .coco:
      // Something under the root keeps its slope finite where nothing depends on anything.
      return (a.matmul(b).squared().sum() + 1e-24).pow(0.25) / Double(count)
    }
  }

  /// `exp(-‖x_i - x_j‖² / (2 σ² D))` of the rows of `[m, …]`, in float64.
  public static func gaussian(_ rows: Tensor, sigma: Double) -> Tensor {
    let rows = rows.flattened(from: 1).to(.float64)
    let squares = rows.squared().sum(along: 1, keepingDimensions: true)
    let distances = (squares + squares.transposed() - rows.matmul(rows.transposed()) * 2).relu()
    return (distances / (-2 * sigma * sigma * Double(rows.size(1)))).exp()
  }

  /// `x_i · x_j` of the rows of `[m, …]`, in float64.
  public static func linear(_ rows: Tensor) -> Tensor {
    let rows = rows.flattened(from: 1).to(.float64)
    return rows.matmul(rows.transposed())
  }

  /// `H K H`.
  private static func centred(_ kernel: Tensor) -> Tensor {
    kernel - kernel.mean(along: 0, keepingDimensions: true)
      - kernel.mean(along: 1, keepingDimensions: true) + kernel.mean()
  }
}
