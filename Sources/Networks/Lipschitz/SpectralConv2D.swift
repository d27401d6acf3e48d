import Torch

/// A convolution that lengthens nothing: `[N, in, H, W]` to `[N, out, H', W']`.
///
/// Cisse et al., "Parseval networks", ICML 2017; Serrurier et al., CVPR 2021 (the reshaped kernel
/// orthogonal, RKO). The weight as a matrix `[out, in k²]` is orthonormalised, and divided by the factor by
/// which cutting images into patches can lengthen them. That factor is counted, for every padding and
/// stride, not estimated: an average over pixels, as some libraries use, is no bound.
public final class SpectralConv2D: ConstrainedLayer {
  /// The free weight, `[out, in / groups, k, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  /// Where the power iteration is, group by group.
  @Buffer public var direction: Tensor
  private let convolution: ConvolutionShape
  private let factor: Double
  /// The only image size the factor is for, or the smallest.
  private let imageSize: [Int]?
  private let leastSize: Int

  /// A layer with a random orthogonal weight.
  ///
  /// - Parameters:
  ///   - padding: how many pixels are added at every edge; 0 for none.
  ///   - mode: what these show.
  ///   - groups: into how many groups channels are divided, which see nothing of one another.
  ///   - imageSize: height and width, where the layer is for these alone: the factor is then that of this
  ///     size. Other layers take images of any size whose two edges know nothing of one another.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    mode: ConvolutionPadding = .zeros, groups: Int = 1, hasBias: Bool = true,
    imageSize: [Int]? = nil, using generator: Generator
  ) {
    let (rows, columns) = (outputs / groups, inputs / groups * kernel * kernel)
    let blocks = (0..<groups).map { _ in
      Initialiser.orthogonal.weight([rows, columns], using: generator)
    }
    let shape = [outputs, inputs / groups, kernel, kernel]
    _weight = Parameter(wrappedValue: Tensor.concatenated(blocks).reshaped(shape))
    bias = hasBias ? Parameter(wrappedValue: .zeros([outputs])) : nil
    _direction = Buffer(
      wrappedValue: SpectralWeight.direction(
        (groups > 1 ? [groups] : []) + [rows, columns], using: generator))
    convolution = ConvolutionShape(
      stride: stride, padding: padding, mode: mode, groups: groups)
    factor = PatchMultiplicity.factor(
      kernel: kernel, stride: stride, padding: padding, mode: mode, imageSize: imageSize)
    self.imageSize = imageSize
    leastSize = PatchMultiplicity.leastSize(kernel: kernel, padding: padding, mode: mode)
  }

  /// Applies the convolution.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    checkSize(of: input)
    guard pass.isTraining else {
      return convolution.apply(boundedKernel, bias: bias?.value, to: input)
    }
    let found = SpectralWeight.factored(matrix, direction: direction)
    if pass.updatesStatistics { direction = found.direction }
    return convolution.apply(kernel(found.product), bias: bias?.value, to: input)
  }

  private func checkSize(of input: Tensor) {
    let size = Array(input.shape.suffix(2))
    guard imageSize.map({ $0 != size }) ?? size.contains(where: { $0 < leastSize }) else { return }
    reportFailure(
      TorchError(
        "the factor of SpectralConv2D is for images of "
          + (imageSize.map { "\($0)" } ?? "at least \(leastSize) pixels a side")
          + ", and the input has the shape \(input.shape)",
        remedy: "make the layer with this imageSize"))
  }

  /// The kernel as it acts now, `[out, in / groups, k, k]`.
  public var boundedKernel: Tensor {
    kernel(SpectralWeight.orthonormal(matrix, direction: direction).weight)
  }

  /// The free weight as a matrix, or one for every group.
  private var matrix: Tensor {
    let groups = convolution.groups
    return groups > 1
      ? weight.reshaped([groups, weight.size(0) / groups, -1]) : weight.flattened(from: 1)
  }

  private func kernel(_ orthonormal: Tensor) -> Tensor {
    (factor == 1 ? orthonormal : orthonormal / factor).reshaped(weight.shape)
  }

  /// A plain convolution.
  public func materialised() -> any Layer {
    convolution.layer(boundedKernel, bias: bias?.value)
  }
}

/// How a kernel goes over images.
struct ConvolutionShape {
  var stride = 1
  var padding = 0
  var mode = ConvolutionPadding.zeros
  var groups = 1

  /// Applies a kernel `[out, in / groups, k, k]`.
  func apply(_ kernel: Tensor, bias: Tensor?, to input: Tensor) -> Tensor {
    let isPlain = mode == .zeros || padding == 0
    let images = isPlain ? input.channelsLast() : mode.padded(input.channelsLast(), by: padding)
    let zeros = isPlain ? padding : 0
    return images.convolved2D(
      kernel, bias: bias, stride: [stride, stride], padding: [zeros, zeros], groups: groups)
  }

  /// A plain layer with a kernel.
  func layer(_ kernel: Tensor, bias: Tensor?) -> any Layer {
    mode == .zeros || padding == 0
      ? Conv2D(weight: kernel, bias: bias, stride: stride, padding: padding, groups: groups)
      : PaddedConv2D(
        weight: kernel, bias: bias, stride: stride, padding: padding, mode: mode, groups: groups)
  }
}
