import Certificates
import Networks
import Perturbations
import Testing
import Torch

/// Bounds on convolutions against the singular values of their dense matrices.
@Suite("Norms of convolutions")
struct ConvolutionNormTests {
  @Test(
    "no bound is below the largest singular value, and that of the torus is near it",
    arguments: [1, 2, 3, 5], [1, 2, 3])
  func dense(_ kernel: Int, _ stride: Int) throws {
    for (padding, dilation, groups, size) in [
      (0, 1, 1, 6), (1, 1, 1, 6), (2, 1, 2, 7), (1, 2, 1, 9), (3, 1, 1, 5), (2, 2, 2, 10),
    ] where size + 2 * padding > dilation * (kernel - 1) {
      let layer = Conv2D(
        2, 4, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
        groups: groups, hasBias: false, using: Laboratory.generator("weights", kernel))
      let basis = Tensor.identity(2 * size * size).reshaped(2 * size * size, 2, size, size)
      let matrix = withoutGradients { layer(basis) }.flattened(from: 1).to(.float64)
      let exact = matrix.svd().singularValues.max().item
      let norm = ConvolutionNorm(
        weight: layer.weight, stride: stride, padding: padding, dilation: dilation,
        groups: groups, imageSize: [size, size])
      let label: Comment = "kernel \(kernel), stride \(stride), \(padding), \(dilation), \(groups)"
      #expect(norm.onTorus >= exact * (1 - 1e-6), label)
      #expect(norm.byDuplication >= exact * (1 - 1e-6), label)
      #expect(abs(norm.upperBound / exact - 1) < 1e-6, label)
    }
  }

  @Test("on images much larger than the kernel the torus is nearly exact", arguments: [1, 2])
  func large(_ stride: Int) {
    let weight = Tensor.normal([6, 3, 3, 3], using: Laboratory.generator("weights"))
    let norm = ConvolutionNorm(
      weight: weight, stride: stride, padding: 1, dilation: 1, groups: 1, imageSize: [22, 20])
    let exact = norm.exact
    #expect(norm.upperBound >= exact && norm.upperBound < exact * 1.05)
    #expect(norm.upperBound == min(norm.onTorus, norm.byDuplication))
  }

  @Test("a stencil has its norm in closed form")
  func stencil() throws {
    // The mean of nine pixels on a torus: 1, at frequency 0.
    let mean = Tensor.full([1, 1, 3, 3], 1.0 / 9)
    let norm = ConvolutionNorm(
      weight: mean, stride: 1, padding: 1, dilation: 1, groups: 1, imageSize: [32, 32])
    #expect(abs(norm.onTorus - 1) < 1e-6)
    #expect(abs(norm.byDuplication - 1) < 1e-6)
    // A difference of neighbours is largest for alternating signs.
    let difference = Tensor([Float(1), -1, 0, 0], shape: [1, 1, 2, 2])
    let other = ConvolutionNorm(
      weight: difference, stride: 1, padding: 0, dilation: 1, groups: 1,
      imageSize: [31, 31])
    #expect(abs(other.onTorus - 2) < 1e-6 && other.byDuplication > 2.8)
  }

  @Test("a spectral norm is that of the decomposition, also for tall, wide and zero matrices")
  func matrices() {
    let generator = Laboratory.generator("matrices")
    for shape in [[7, 7], [3, 20], [20, 3], [1, 1]] {
      let matrix = Tensor.normal(shape, using: generator)
      let exact = matrix.to(.float64).svd().singularValues.max().item
      let bound = SpectralNorm.upperBound(of: matrix)
      #expect(bound >= exact && bound <= exact * (1 + 1e-6))
    }
    #expect(SpectralNorm.upperBound(of: .zeros([4, 5])) == 0)
  }
}
