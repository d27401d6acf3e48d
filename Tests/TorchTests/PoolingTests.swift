import Testing
import Torch

/// float32 with channels last takes the shim's kernel, any other layout or type libtorch's own.
@Suite("Largest values of windows")
struct PoolingTests {
  /// The output, its gradient and the gradient of that gradient's square.
  private func derivatives(_ images: Tensor, size: Int, _ weights: Tensor) -> [Tensor] {
    let variable = images.variable()
    let output = (variable * variable).maxPooled2D(size: size)
    let value = (output * weights).sum()
    let plain = gradient(of: value, withRespectTo: variable)
    let again = (variable * variable).maxPooled2D(size: size)
    let first = gradient(
      of: (again * weights).sum(), withRespectTo: variable, createGraph: true)
    let second = gradient(of: first.squared().sum(), withRespectTo: variable)
    return [output, plain, first, second].map { $0.detached().contiguous() }
  }

  @Test(
    "values and gradients are those of libtorch, to the last bit",
    arguments: [
      [3, 16, 8, 8], [2, 32, 7, 9], [1, 5, 6, 6], [2, 21, 10, 11], [4, 4, 3, 3],
    ], [2, 3])
  func agrees(shape: [Int], size: Int) {
    let generator = Generator(seed: 3, purpose: "pooling")
    // Few different values, so that many are equal.
    let images = Tensor.integers(shape, in: -3..<4, using: generator).to(.float32)
    let pooled = images.maxPooled2D(size: size).shape
    let weights = Tensor.normal(pooled, using: generator)
    let own = derivatives(images.channelsLast(), size: size, weights)
    let libtorch = derivatives(images, size: size, weights)
    for (a, b) in zip(own, libtorch) {
      #expect(a.shape == b.shape)
      #expect(a.values(as: Double.self) == b.values(as: Double.self))
    }
  }

  @Test("what is not a number stays so, and has the gradient")
  func keepsNaN() {
    let images = Tensor.zeros([1, 16, 2, 2]).variable()
    let broken = (images + Tensor([0, .nan, 1, 0]).to(.float32).reshaped([1, 1, 2, 2]))
      .channelsLast()
    let output = broken.maxPooled2D(size: 2)
    let values = output.values(as: Double.self)
    #expect(values.allSatisfy { $0.isNaN })
    let slopes = gradient(of: output.sum(), withRespectTo: images)
    let first = slopes[0][0].values(as: Double.self)
    #expect(first == [0, 1, 0, 0])
  }
}
