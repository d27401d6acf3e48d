import Foundation
import Networks
import Torch

/// The Euclidean operator norm of a convolution, from above.
///
/// The norm itself where images are so small that the convolution can be written as a matrix. Two bounds
/// elsewhere, both proofs, of which the smaller counts:
/// - duplication, for every padding: a convolution is a matrix applied to patches, and cutting an image
///   into patches lengthens it by the root of the number of patches a pixel enters (Cisse et al.,
///   "Parseval networks", ICML 2017), which is counted (``PatchMultiplicity``);
/// - torus, for zeros: an image of `n` pixels a side, surrounded by zeros, lies on a torus of `n + k - 1`,
///   where nothing meets itself round the back. Padding, cropping and surrounding with zeros lengthen
///   nothing, so the norm is at most that of the convolution on the torus, which the Fourier transform
///   splits into one small matrix a frequency (Sedghi et al., "The singular values of convolutional
///   layers", ICLR 2019). A stride adds up the frequencies that it makes one. Circular padding of square
///   images makes the image itself the torus.
package struct ConvolutionNorm {
  /// The weight, `[out, in / groups, k, k]`.
  private let weight: Tensor
  private let stride: Int
  private let dilation: Int
  private let groups: Int
  private let padding: Int
  private let mode: ConvolutionPadding
  /// Height and width of the image.
  private let imageSize: [Int]

  /// How many multiplications the torus may cost; beyond, duplication alone counts.
  private static let budget = 2e10
  /// How many features an image may have for the matrix to be written out, and how many elements that.
  private static let denseLimit = (features: 1024, elements: 1 << 23)

  /// The convolution of images of some height and width.
  package init(
    weight: Tensor, stride: Int, padding: Int, mode: ConvolutionPadding = .zeros, dilation: Int = 1,
    groups: Int, imageSize: [Int]
  ) {
    self.weight = weight.detached().to(.float64)
    self.stride = stride
    self.padding = padding
    self.mode = padding == 0 ? .zeros : mode
    self.dilation = dilation
    self.groups = groups
    self.imageSize = imageSize
  }

  private var kernel: Int { weight.size(-1) }
  private var inputs: Int { weight.size(1) }
  private var outputs: Int { weight.size(0) / groups }

  /// The norm or the smaller bound.
  package var upperBound: Double {
    let features = imageSize.reduce(inputs * groups, *)
    let elements = features * imageSize.reduce(outputs * groups, *) / (stride * stride)
    if features <= Self.denseLimit.features, elements <= Self.denseLimit.elements { return exact }
    let bound = byDuplication
    guard hasTorus, cost <= Self.budget, bound.isFinite else { return bound }
    return min(bound, onTorus)
  }

  /// The norm, of the matrix that the convolution is.
  package var exact: Double {
    let count = imageSize.reduce(inputs * groups, *)
    let basis = Tensor.identity(count, dtype: .float64).to(weight.device)
      .reshaped([count, inputs * groups] + imageSize)
    let zeros = mode == .zeros ? padding : 0
    let images = mode == .zeros ? basis : mode.padded(basis, by: padding)
    let columns = images.convolved2D(
      weight, stride: [stride, stride], padding: [zeros, zeros], dilation: [dilation, dilation],
      groups: groups)
    return SpectralNorm.upperBound(of: columns.flattened(from: 1))
  }

  /// The bound by duplication.
  package var byDuplication: Double {
    let matrices = weight.reshaped(groups, outputs, inputs * kernel * kernel)
    let counts = imageSize.map { size in
      PatchMultiplicity.largest(
        size: size, kernel: kernel, stride: stride, padding: padding, mode: mode,
        dilation: dilation) ?? kernel
    }
    let factor = counts.reduce(1.0) { $0 * Double($1) }.squareRoot()
    return factor * SpectralNorm.slack * SpectralNorm.upperBound(of: matrices)
  }

  /// Whether the torus bounds this convolution.
  private var hasTorus: Bool {
    switch mode {
    case .zeros: true
    case .circular:
      Set(imageSize).count == 1 && 2 * padding <= dilation * (kernel - 1)
        && imageSize.allSatisfy { $0 % stride == 0 && $0 >= padding }
    default: false
    }
  }

  /// The side of the torus: a multiple of the stride.
  private var side: Int {
    if mode == .circular { return imageSize.max() ?? 1 }
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
}
