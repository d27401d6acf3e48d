import Torch

/// A convolution followed by its transpose is a convolution again, with the kernel's correlation with itself.
/// Sums of its absolute values bound norms, for zeros and circular padding alike: an image surrounded by
/// zeros lies on a large enough ring.
package enum KernelCorrelation {
  /// The correlation of a kernel `[out, in, k, k]` with itself, `[out, out, 2 k - 1, 2 k - 1]`.
  package static func outputs(_ kernel: Tensor) -> Tensor {
    let border = kernel.size(-1) - 1
    return kernel.convolved2D(kernel, padding: [border, border])
  }

  /// What the absolute values of a correlation add up to for every pair of channels, `[C, C]`.
  package static func sums(_ correlation: Tensor) -> Tensor {
    correlation.abs().sum(along: 2, 3)
  }

  /// A bound from above on the square of a convolution's norm, differentiable, with a share of rounding
  /// added.
  ///
  /// Delattre et al., "Spectral norm of convolutional layers with circular and zero paddings", 2024: the
  /// correlation is squared again and again, and the root of its largest sum taken. It tends to the
  /// norm on an endless image.
  package static func squaredNormBound(_ kernel: Tensor, squarings: Int = 2) -> Tensor {
    let isTall = kernel.size(0) > kernel.size(1)
    var power = outputs(isTall ? kernel.transposed(0, 1) : kernel)
    // The bound is the product of what is divided by, to powers that halve, and the last sum.
    var bound = Tensor.ones([], dtype: kernel.dtype).to(kernel.device)
    var exponent = 1.0
    for _ in 0..<squarings {
      let scale = power.norm() + 1e-30
      power = outputs(power / scale)
      bound = bound * scale.pow(exponent)
      exponent /= 2
    }
    let largest = sums(power).sum(along: 1).max()
    return bound * largest.pow(exponent) * (1 + 1e-5)
  }
}
