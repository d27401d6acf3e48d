import Torch

/// A circular orthogonal convolution by the Cayley transform at every frequency, for images of one size:
/// `[N, in, H, W]` to `[N, out, H, W]`.
///
/// Trockman and Kolter, "Orthogonalizing convolutional layers with the Cayley transform", ICLR 2021. It costs a
/// Fourier transform and an inverse matrix for every frequency.
public final class CayleyConv2D: ConstrainedLayer {
  /// The free kernel, `[out, in, k, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  private let imageSize: [Int]

  /// A layer with random weights for images of a height and width, at least the kernel's.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, imageSize: [Int], hasBias: Bool = true,
    using generator: Generator
  ) {
    precondition(
      imageSize.count == 2 && imageSize.allSatisfy { $0 >= kernel },
      "a kernel of \(kernel) on images of \(imageSize)")
    _weight = Parameter(
      wrappedValue: Initialiser.xavierUniform.weight(
        [outputs, inputs, kernel, kernel], using: generator))
    bias = hasBias ? Parameter(wrappedValue: .zeros([outputs])) : nil
    self.imageSize = imageSize
  }

  /// The orthonormal matrices, `[H, W / 2 + 1, out, in]`, complex.
  private var spectrum: Tensor {
    withPrecision(.float32, on: weight.device) {
      let border = imageSize.map { $0 - weight.size(-1) }
      let waves = Operator.rfft2(weight.padded([0, border[1], 0, border[0]]))
      return CayleyTransform.orthonormal(waves.permuted(2, 3, 0, 1))
    }
  }

  /// Applies the convolution.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    FourierConv2D.convolution(input, spectrum, bias: bias?.value)
  }

  /// A plain circular convolution.
  public func materialised() -> any Layer {
    FourierConv2D(spectrum: spectrum, bias: bias?.value)
  }
}
