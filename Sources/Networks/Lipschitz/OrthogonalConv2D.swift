import Torch

/// An orthogonal convolution with an explicit kernel, for any kernel not smaller than its stride:
/// `[N, in, H, W]` to `[N, out, H', W']`.
///
/// Boissin et al., "An adaptive orthogonal convolution scheme", ICML 2025 (AOC): a block convolution
/// (Li et al., "Preventing gradient attenuation in Lipschitz constrained convolutional networks", NeurIPS
/// 2019, BCOP) followed by an orthogonal map of the patches of a stride, merged into one kernel. On a ring
/// whose length the stride divides it is orthogonal: it keeps lengths, or its transpose does where there
/// are fewer outputs than inputs. With zeros it lengthens nothing.
public final class OrthogonalConv2D: ConstrainedLayer {
  /// The free matrix of patches, `[out, middle s²]`.
  @Parameter public var weight: Tensor
  /// The free matrices of the projections, two for every step of the kernel beyond the stride,
  /// `[2 (k - s), middle, middle / 2]`.
  public let projections: Parameter?
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  /// Where the power iteration of ``weight`` is.
  @Buffer public var direction: Tensor
  /// Where those of ``projections`` are.
  public let projectionDirections: Buffer?
  private let inputs: Int
  private let convolution: ConvolutionShape

  /// A layer with random weights.
  ///
  /// - Throws: ``LipschitzError`` for kernels smaller than the stride and other padding than zeros and
  ///   circular.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    mode: ConvolutionPadding = .zeros, hasBias: Bool = true, using generator: Generator
  ) throws(LipschitzError) {
    try LipschitzError.check(mode, padding, layer: "OrthogonalConv2D")
    guard kernel >= stride, stride >= 1 else {
      throw .kernel(
        kernel, stride: stride, layer: "OrthogonalConv2D", allowed: "kernels from the stride on")
    }
    let places = stride * stride
    let middle = max(inputs, (outputs + places - 1) / places)
    let shape = [outputs, middle * places]
    _weight = Parameter(wrappedValue: Initialiser.orthogonal.weight(shape, using: generator))
    _direction = Buffer(wrappedValue: SpectralWeight.direction(shape, using: generator))
    bias = hasBias ? Parameter(wrappedValue: .zeros([outputs])) : nil
    let count = 2 * (kernel - stride)
    // One channel has no projection but zero and itself, which would only shift the image.
    if count > 0, middle > 1 {
      let shape = [count, middle, middle / 2]
      projections = Parameter(wrappedValue: .normal(shape, using: generator))
      projectionDirections = Buffer(
        wrappedValue: SpectralWeight.direction(shape, using: generator))
    } else {
      projections = nil
      projectionDirections = nil
    }
    self.inputs = inputs
    self.kernel = kernel
    convolution = ConvolutionShape(stride: stride, padding: padding, mode: mode)
  }

  private let kernel: Int

  /// Applies the convolution.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    let kernel = mergedKernel(keepsDirections: pass.updatesStatistics)
    return convolution.apply(kernel, bias: bias?.value, to: input)
  }

  /// The kernel as it acts now, `[out, in, k, k]`.
  public var orthogonalKernel: Tensor { mergedKernel(keepsDirections: false) }

  /// A plain convolution.
  public func materialised() -> any Layer {
    convolution.layer(orthogonalKernel, bias: bias?.value)
  }

  private func mergedKernel(keepsDirections: Bool) -> Tensor {
    withPrecision(.float32, on: weight.device) {
      let stride = convolution.stride
      let patches = SpectralWeight.orthonormal(weight, direction: direction)
      if keepsDirections { direction = patches.direction }
      var merged = patches.weight.reshaped([weight.size(0), -1, stride, stride])
      if let projections, let directions = projectionDirections {
        let bases = SpectralWeight.orthonormal(
          projections.value, direction: directions.wrappedValue)
        if keepsDirections { directions.wrappedValue = bases.direction }
        let all = bases.weight.matmul(bases.weight.transposed())
        for index in Swift.stride(from: 0, to: all.size(0), by: 2) {
          merged = BlockConvolution.merged(
            merged, BlockConvolution.block(all[index], all[index + 1]))
        }
      } else if kernel > stride {
        let border = kernel - stride
        merged = merged.padded([border / 2, border - border / 2, border / 2, border - border / 2])
      }
      return merged.narrowed(to: 0..<inputs, along: 1)
    }
  }
}

/// Kernels of two by two pixels that are orthogonal, and products of kernels.
enum BlockConvolution {
  /// The kernel of two projections, `[C, C, 2, 2]`: one splits rows, the other columns.
  static func block(_ first: Tensor, _ second: Tensor) -> Tensor {
    let identity = Tensor.identity(first.size(0), dtype: first.dtype).to(first.device)
    let (other, rest) = (identity - first, identity - second)
    let rows = [first, other].map { row in
      Tensor.stacked([row.matmul(second), row.matmul(rest)], along: 2)
    }
    return Tensor.stacked(rows, along: 2)
  }

  /// The kernel of one convolution after another, `[out, middle, a, a]` after `[middle, in, b, b]`.
  static func merged(_ outer: Tensor, _ inner: Tensor) -> Tensor {
    let border = outer.size(-1) - 1
    return inner.transposed(0, 1)
      .convolved2D(outer.flipped(2, 3), padding: [border, border]).transposed(0, 1)
  }
}
