import Foundation
import Torch

/// The Euclidean operator norm of a convolution with zero padding, from above.
///
/// The norm itself where images are so small that the convolution can be written as a matrix. Two bounds
/// elsewhere, both proofs, of which the smaller counts:
/// - duplication: a convolution is a matrix applied to patches, and a pixel is in `⌈k / s⌉²` patches at
///   most, so the norm is at most that of the matrix times `⌈k / s⌉` (Cisse et al., "Parseval networks",
///   ICML 2017);
/// - torus: an image of `n` pixels a side, surrounded by zeros, lies on a torus of `n + k - 1`, where
///   nothing meets itself round the back. Padding, cropping and surrounding with zeros lengthen nothing,
///   so the norm is at most that of the convolution on the torus, which the Fourier transform splits into
///   one small matrix a frequency (Sedghi et al., "The singular values of convolutional layers", ICLR
///   2019). A stride adds up the frequencies that it makes one.
package struct ConvolutionNorm {
  /// The weight, `[out, in / groups, k, k]`.
  private let weight: Tensor
  private let stride: Int
  private let dilation: Int
  private let groups: Int
  private let padding: Int
  /// Height and width of the image.
  private let imageSize: [Int]

  /// How many multiplications the torus may cost; beyond, duplication alone counts.
  private static let budget = 2e10
  /// How many features an image may have for the matrix to be written out.
  private static let denseLimit = 1024

  /// The convolution of images of some height and width.
  package init(
    weight: Tensor, stride: Int, padding: Int, dilation: Int, groups: Int, imageSize: [Int]
  ) {
    self.weight = weight.detached().to(.float64)
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.imageSize = imageSize
  }

  private var kernel: Int { weight.size(-1) }
  private var inputs: Int { weight.size(1) }
  private var outputs: Int { weight.size(0) / groups }

  /// The norm or the smaller bound.
  package var upperBound: Double {
    guard imageSize.reduce(inputs * groups, *) > Self.denseLimit else { return exact }
    let bound = byDuplication
    guard cost <= Self.budget, bound.isFinite else { return bound }
    return min(bound, onTorus)
  }

  /// The norm, of the matrix that the convolution is.
  package var exact: Double {
    let count = imageSize.reduce(inputs * groups, *)
    let basis = Tensor.identity(count, dtype: .float64).to(weight.device)
      .reshaped([count, inputs * groups] + imageSize)
    let columns = basis.convolved2D(
      weight, stride: [stride, stride], padding: [padding, padding],
      dilation: [dilation, dilation], groups: groups)
    return SpectralNorm.upperBound(of: columns.flattened(from: 1))
  }

  /// The bound by duplication.
  package var byDuplication: Double {
    // Places of the kernel whose distances are multiples of the stride see the same pixel.
    let period = stride / greatestCommonDivisor(stride, dilation)
    let copies = (kernel + period - 1) / period
    let matrices = weight.reshaped(groups, outputs, inputs * kernel * kernel)
    return Double(copies) * SpectralNorm.upperBound(of: matrices)
  }

  /// The side of the torus: a multiple of the stride.
  private var side: Int {
    let least = (imageSize.max() ?? 1) + dilation * (kernel - 1)
    return (least + stride - 1) / stride * stride
  }

  /// The frequencies of what a stride leaves, in one direction.
  private var coarseSide: Int { side / stride }

  /// Whether Gram matrices count inputs, where those are fewer.
  private var countsInputs: Bool { stride == 1 && inputs < outputs }

  private var cost: Double {
    let size = Double(countsInputs ? inputs : outputs)
    let frequencies = Double((coarseSide / 2 + 1) * coarseSide * groups)
    let rest = Double(inputs * outputs * stride * stride * kernel * kernel)
    return frequencies * (60 * size * size * size + rest)
  }

  /// The bound on the torus.
  package var onTorus: Double {
    // A real kernel does the same at a frequency and at its opposite.
    let half = coarseSide / 2 + 1
    let rowBytes = coarseSide * stride * stride * groups * inputs * outputs * 16
    let rows = max(1, min(half, (64 << 20) / max(1, rowBytes)))
    return Swift.stride(from: 0, to: half, by: rows).reduce(0) { largest, start in
      max(largest, bound(ofRows: start..<min(half, start + rows)))
    }
  }

  /// The largest norm at some rows of coarse frequencies.
  private func bound(ofRows rows: Range<Int>) -> Double {
    let (real, imaginary) = transform(atRows: rows)
    func product(_ left: Tensor, _ right: Tensor) -> Tensor {
      countsInputs ? left.transposed().matmul(right) : left.matmul(right.transposed())
    }
    // (A + iB)(A + iB)ᴴ, or (A + iB)ᴴ(A + iB).
    let symmetric = product(real, real) + product(imaginary, imaginary)
    let crossed = product(imaginary, real)
    let skew = (crossed - crossed.transposed()) * (countsInputs ? -1 : 1)
    let gram = Tensor.stacked([symmetric, skew], along: -1).asComplex()
    return SpectralNorm.upperBound(ofGram: gram)
  }

  /// The matrices at coarse frequencies, `[frequencies, groups, out, in stride²]`: those that a stride
  /// makes one stand side by side, divided by the stride.
  private func transform(atRows rows: Range<Int>) -> (real: Tensor, imaginary: Tensor) {
    let frequencies = rows.flatMap { row in
      (0..<coarseSide).flatMap { column in
        (0..<stride * stride).map { alias in
          (row + alias / stride * coarseSide, column + alias % stride * coarseSide)
        }
      }
    }
    let angles = frequencies.flatMap { row, column in
      (0..<kernel * kernel).map { place in
        // The remainder first: angles of many turns would lose digits.
        let turns = (row * (place / kernel) + column * (place % kernel)) * dilation % side
        return -2 * Double.pi * Double(turns) / Double(side)
      }
    }
    let phases = Tensor(angles, shape: [frequencies.count, kernel * kernel])
      .to(weight.device)
    let taps = weight.reshaped(groups * outputs * inputs, kernel * kernel).transposed()
    func part(_ waves: Tensor) -> Tensor {
      let aliases = stride * stride
      return
        (waves.matmul(taps) / stride).reshaped(
          frequencies.count / aliases, aliases, groups, outputs, inputs
        ).permuted(0, 2, 3, 1, 4).reshaped(
          frequencies.count / aliases, groups, outputs, aliases * inputs)
    }
    return (part(phases.cos()), part(phases.sin()))
  }

  private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
