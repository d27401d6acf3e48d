import Testing
import Torch

@Suite("Affine maps")
struct LinearTests {
  private let generator = Generator(seed: 3, purpose: "linear")

  /// Values and first and second derivatives of a function of an affine map.
  private func derivatives(_ parts: [Tensor], dtype: DType) -> [Tensor] {
    let variables = parts.map { $0.to(dtype).variable() }
    let result = variables[0].linear(variables[1], bias: variables.count > 2 ? variables[2] : nil)
    let first = gradients(
      of: result.pow(3).sum(), withRespectTo: variables, createGraph: true)
    let second = gradients(
      of: first.map { $0.squared().sum() }.reduce(Tensor(0.0).to(dtype)) { $0 + $1 },
      withRespectTo: variables, createGraph: true)
    let third = gradients(
      of: second.map { $0.sum() }.reduce(Tensor(0.0).to(dtype)) { $0 + $1 },
      withRespectTo: variables)
    return ([result] + first + second + third).map { $0.detached().to(.float64) }
  }

  @Test(
    "float32 agrees with float64 in value and three derivatives, at all ranks, with and without bias",
    arguments: [[5, 7], [1, 3, 7], [2, 3, 2, 7], [7]], [true, false])
  func agreesWithFloat64(shape: [Int], hasBias: Bool) {
    var parts = [
      Tensor.normal(shape, using: generator), Tensor.normal([4, 7], using: generator) * 0.3,
    ]
    if hasBias { parts.append(Tensor.normal([4], using: generator)) }
    let single = derivatives(parts, dtype: .float32)
    let double = derivatives(parts, dtype: .float64)
    #expect(single.map(\.shape) == double.map(\.shape))
    for (a, b) in zip(single, double) {
      #expect((a - b).abs().max().item <= 2e-5 * b.abs().max().item)
    }
  }

  @Test("transposed and sliced matrices are read in their order")
  func views() {
    let input = Tensor.normal([7, 5], using: generator).transposed(0, 1)
    let weight = Tensor.normal([4, 14], using: generator).narrowed(to: 3..<10, along: 1)
    let exact = input.to(.float64).linear(weight.to(.float64))
    #expect((input.linear(weight).to(.float64) - exact).abs().max().item < 1e-5)
  }

  @Test("no rows and no columns are maps as well")
  func empty() {
    #expect(Tensor.zeros([0, 3]).linear(Tensor.ones([2, 3])).shape == [0, 2])
    let constant = Tensor.zeros([2, 0]).linear(
      Tensor.zeros([3, 0]), bias: Tensor([Float](repeating: 2, count: 3), shape: [3]))
    #expect(constant.shape == [2, 3])
  }

  @Test("an example's row does not depend on the batch around it")
  func rowsAreIndependent() {
    let input = Tensor.normal([33, 50], using: generator)
    let weight = Tensor.normal([20, 50], using: generator)
    let whole = input.linear(weight)
    for row in [0, 17, 32] {
      let alone = input.narrowed(to: row..<row + 1, along: 0).linear(weight)
      let difference = alone - whole.narrowed(to: row..<row + 1, along: 0)
      #expect(difference.abs().max().item < 1e-5)
    }
  }
}
