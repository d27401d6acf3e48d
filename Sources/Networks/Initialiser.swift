import Foundation
import Torch

/// How the weights of a new layer are drawn.
public enum Initialiser: String, Sendable, Codable, CaseIterable {
  /// Uniform in ±1/√fan-in, PyTorch's default for linear and convolutional layers.
  case torchDefault
  /// Uniform with variance 2 / fan-in (He et al., ICCV 2015).
  case kaimingUniform
  /// Normal with variance 2 / fan-in (He et al., ICCV 2015).
  case kaimingNormal
  /// Normal with variance 2 / fan-out, which keeps gradients' sizes (He et al., ICCV 2015, section 2.2).
  case kaimingFanOut
  /// Uniform with variance 2 / (fan-in + fan-out) (Glorot and Bengio, AISTATS 2010).
  case xavierUniform
  /// Normal with variance 1 / fan-in (LeCun et al., 1998).
  case lecunNormal
  /// Normal with standard deviation 0.01, whatever the fan-in (Krizhevsky et al., NIPS 2012).
  case smallNormal
  /// A random (semi-)orthogonal matrix (Saxe et al., ICLR 2014).
  case orthogonal
  /// Zeros.
  case zeros

  /// A weight of shape `[out, in, …]`, float32.
  public func weight(_ shape: [Int], using generator: Generator) -> Tensor {
    let receptive = shape.dropFirst(2).reduce(1, *)
    let fanIn = Double(max(1, shape[1] * receptive))
    let fanOut = Double(shape[0] * receptive)
    func uniform(variance: Double) -> Tensor {
      let bound = (3 * variance).squareRoot()
      return .uniform(shape, in: -bound...bound, using: generator)
    }
    func normal(variance: Double) -> Tensor {
      .normal(shape, standardDeviation: variance.squareRoot(), using: generator)
    }
    switch self {
    case .torchDefault: return uniform(variance: 1 / (3 * fanIn))
    case .kaimingUniform: return uniform(variance: 2 / fanIn)
    case .kaimingNormal: return normal(variance: 2 / fanIn)
    case .kaimingFanOut: return normal(variance: 2 / fanOut)
    case .xavierUniform: return uniform(variance: 2 / (fanIn + fanOut))
    case .lecunNormal: return normal(variance: 1 / fanIn)
    case .smallNormal: return normal(variance: 1e-4)
    case .orthogonal: return orthogonal(shape, using: generator)
    case .zeros: return .zeros(shape)
    }
  }

  /// A bias of a layer with some fan-in: PyTorch's uniform default, or zeros for all others.
  public func bias(_ count: Int, fanIn: Int, using generator: Generator) -> Tensor {
    guard self == .torchDefault else { return .zeros([count]) }
    let bound = 1 / Double(max(1, fanIn)).squareRoot()
    return .uniform([count], in: -bound...bound, using: generator)
  }

  private func orthogonal(_ shape: [Int], using generator: Generator) -> Tensor {
    let rows = shape[0]
    let columns = shape.dropFirst().reduce(1, *)
    let tall = [max(rows, columns), min(rows, columns)]
    let (q, r) = Tensor.normal(tall, dtype: .float64, using: generator).qr()
    // The signs of R's diagonal make the distribution uniform (Mezzadri, 2007).
    let matrix = q * r.diagonal().sign()
    return (rows >= columns ? matrix : matrix.transposed()).to(.float32).reshaped(shape)
  }
}
