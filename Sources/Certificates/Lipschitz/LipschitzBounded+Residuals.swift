import Foundation
import Networks
import Perturbations
import Torch

// A step down a convex potential, `x - 2 Wᵀ (t relu(W x + b))`: between any two inputs it acts as
// `1 - 2 Wᵀ S W` with a diagonal `S` between 0 and `t`. The eigenvalues of `Wᵀ S W` lie between 0 and
// λ = |√t W|², those of the map between 1 - 2 λ and 1. That is the theorem of both CPL and SLL, whatever
// the step lengths.

extension PotentialStep: LipschitzBounded {
  /// `max(1, 2 |√t W|² - 1)`.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    guard let roots = stepRoots(steps) else { return .infinity }
    let scaled = weight.detached().to(.float64) * roots.unsqueezed(1)
    return potentialBound(SpectralNorm.upperBound(of: scaled))
  }
}

extension ConvolutionalPotentialStep: LipschitzBounded {
  /// `max(1, 2 |√t W|² - 1)`.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    guard let roots = stepRoots(steps) else { return .infinity }
    let scaled = weight.detached().to(.float64) * roots.reshaped(-1, 1, 1, 1)
    let bound = ConvolutionNorm(
      weight: scaled, stride: 1, padding: weight.size(-1) / 2,
      mode: isCircular ? .circular : .zeros, groups: 1, imageSize: Array(inputShape.suffix(2))
    ).upperBound
    return potentialBound(bound)
  }
}

/// The roots of step lengths; `nil` for negative ones, of which nothing is known.
private func stepRoots(_ steps: Tensor) -> Tensor? {
  let steps = steps.detached().to(.float64)
  return steps.less(than: 0).any ? nil : steps.sqrt()
}

private func potentialBound(_ norm: Double) -> Double {
  max(1, (2 * norm * norm - 1) * SpectralNorm.slack)
}

extension ExponentialConv2D: LipschitzBounded {
  /// `eᴮ` less what the series leaves out for a kernel of norm `B`; for a skew kernel, whose exponential
  /// keeps lengths, one plus what it leaves out.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    let kernel = weight.detached().to(.float64)
    func bound(_ kernel: Tensor) -> Double {
      ConvolutionNorm(
        weight: kernel, stride: 1, padding: kernel.size(-1) / 2,
        mode: isCircular ? .circular : .zeros, groups: 1,
        imageSize: Array(inputShape.suffix(2))
      ).upperBound
    }
    let turned = kernel.transposed(0, 1).flipped(2, 3)
    // What single precision left of symmetry multiplies the exponential of the skew part.
    let symmetric = bound((kernel + turned) * 0.5)
    let size = bound(kernel)
    let power = Double(degree + 1)
    let leftOut = pow(size, power) / tgamma(power + 1) / max(1e-300, 1 - size / (power + 1))
    return size < power ? (exp(symmetric) + leftOut) * SpectralNorm.slack : .infinity
  }
}

extension FourierConv2D: LipschitzBounded {
  /// The largest singular value of a frequency's matrix.
  public func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double {
    try norm.requireEuclidean()
    let spectrum = spectrum.detached().to(.float64).asComplex()
    let adjoint = spectrum.transposed().conjugated()
    return SpectralNorm.upperBound(ofGram: spectrum.matmul(adjoint))
  }
}
