import Foundation
import Torch

/// The largest eigenvalue of Gram matrices by power iteration, and a bound on it from above.
package enum SpectralEstimate {
  /// How many iterations at least: one, as PyTorch's `spectral_norm` does, loses sight of weights that
  /// move fast, and dividing by what it sees leaves singular values of 4 and more.
  static let leastCount = 3
  static let mostCount = 10
  /// The change of the direction at which iterations end.
  static let tolerance = 1e-3

  /// The direction after a few iterations.
  ///
  /// - Parameters:
  ///   - gram: symmetric matrices without history, `[…, m, m]`.
  ///   - direction: unit vectors to start from, `[…, m, 1]`.
  package static func direction(of gram: Tensor, from direction: Tensor) -> Tensor {
    var current = direction
    for iteration in 1...mostCount {
      let image = gram.matmul(current)
      // The number added keeps zero weights from becoming NaN.
      let next = image / (image.norm(along: [-2], keepingDimensions: true) + 1e-30)
      if iteration >= leastCount, (next - current).norm().item < tolerance { return next }
      current = next
    }
    return current
  }

  /// A bound on the largest eigenvalue of all matrices, `[…, m, m]`, from above: the norm of a power of
  /// the matrix, which is squared as often as it takes.
  ///
  /// Delattre et al., "Efficient bound of Lipschitz constant for convolutional layers by Gram iteration",
  /// ICML 2023. It converges to the eigenvalue.
  ///
  /// - Parameter enough: a bound below which it need not be tighter.
  package static func upperBound(of gram: Tensor, enough: Double, squarings: Int = 6) -> Double {
    var norm = gram.norm().item
    var bound = norm
    var power = gram
    var exponent = 1.0
    for _ in 0..<squarings where bound > enough && bound.isFinite {
      power = power / norm
      power = power.matmul(power)
      norm = power.norm().item
      exponent /= 2
      bound *= pow(norm, exponent)
    }
    return bound
  }
}
