import Foundation
import Torch

/// A loss f of margins z = y s(x).
public enum LinearLoss: String, Sendable, Codable, CaseIterable {
  /// max(0, 1 - z): support vector machines.
  case hinge
  /// ln(1 + e^-z): logistic regression.
  case softplus
  /// (1 - z)²: least squares.
  case squared
  /// 1 for z <= 0, else 0: the error rate.
  case zeroOne

  /// f of every margin.
  public func values(_ margins: Tensor) -> Tensor {
    switch self {
    case .hinge: (1 - margins).relu()
    // Exact for large margins of either sign.
    case .softplus: (margins * -1).relu() + (margins.abs() * -1).exp().log1p()
    case .squared: (1 - margins).squared()
    case .zeroOne: margins.lessOrEqual(to: 0).to(margins.dtype)
    }
  }

  /// f of one margin.
  public func callAsFunction(_ margin: Double) -> Double {
    switch self {
    case .hinge: max(0, 1 - margin)
    case .softplus: max(-margin, 0) + log1p(exp(-abs(margin)))
    case .squared: (1 - margin) * (1 - margin)
    case .zeroOne: margin <= 0 ? 1 : 0
    }
  }

  /// f_c(z) = f(c z): the loss of distances, of a classifier with |w| = c.
  ///
  /// For large c it is c max(-z, 0) of the hinge and the softplus loss, so that the mean is c times the
  /// error distance; for small c it is a constant less a multiple of z, so that the adversarial distance
  /// grows.
  public func scaled(by scale: Double) -> @Sendable (Double) -> Double {
    { distance in self(scale * distance) }
  }
}
