import Torch

/// A circular convolution of images of one size, given by a matrix at every frequency: `[N, in, H, W]` to
/// `[N, out, H, W]`.
///
/// ``CayleyConv2D`` becomes this when frozen.
public final class FourierConv2D: Layer {
  /// The matrices as real and imaginary part, `[H, W / 2 + 1, out, in, 2]`.
  @Parameter public var spectrum: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?

  /// A layer with these matrices, `[H, W / 2 + 1, out, in]`, complex.
  public init(spectrum: Tensor, bias: Tensor?) {
    _spectrum = Parameter(wrappedValue: spectrum.detached().asReal())
    self.bias = bias.map { Parameter(wrappedValue: $0.detached()) }
  }

  /// Applies the convolution.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    Self.convolution(input, spectrum.asComplex(), bias: bias?.value)
  }

  static func convolution(_ input: Tensor, _ spectrum: Tensor, bias: Tensor?) -> Tensor {
    let size = [input.size(2), input.size(3)]
    let waves = Operator.rfft2(input)
    let product = Tensor.einsum("hwoi,nihw->nohw", spectrum, waves)
    let output = Operator.irfft2(product, size)
    return bias.map { output + $0.reshaped(1, -1, 1, 1) } ?? output
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    waves = torch.fft_rfft2(x)
    product = torch.einsum("hwoi,nihw->nohw", [torch.view_as_complex(self.spectrum), waves])
    y = torch.fft_irfft2(product, [x.size(2), x.size(3)])
    return y\(bias == nil ? "" : " + torch.reshape(self.bias, [1, -1, 1, 1])")
    """
  }
}
