import Testing
import Torch

@Suite("Gradients")
struct GradientTests {
  @Test("the gradient of a cubic and its second and third derivatives")
  func higherOrder() {
    let x = Tensor([2.0]).variable()
    let y = x.pow(3).sum()
    let first = gradient(of: y, withRespectTo: x, createGraph: true)
    let second = gradient(of: first.sum(), withRespectTo: x, createGraph: true)
    let third = gradient(of: second.sum(), withRespectTo: x)
    #expect(first.item == 12)
    #expect(second.item == 12)
    #expect(third.item == 6)
  }

  @Test("an input that is not used has a zero gradient")
  func unused() {
    let x = Tensor([1.0, 2]).variable()
    let y = Tensor([3.0]).variable()
    let gradients = gradients(of: (y * y).sum(), withRespectTo: [x, y])
    #expect(gradients[0].values() == [0.0, 0])
    #expect(gradients[1].values() == [6.0])
  }

  @Test("operators agree with central differences in float64", arguments: [0, 1, 2, 3, 4])
  func finiteDifferences(_ which: Int) {
    let functions: [(Tensor) -> Tensor] = [
      { $0.logSoftmax(along: 1).select(0, along: 1).sum() },
      { $0.tanh().matmul($0.transposed()).sum() },
      { ($0.exp() / ($0.squared() + 1)).sum() },
      {
        $0.reshaped(1, 1, 3, 4).convolved2D(Tensor.ones([2, 1, 2, 2], dtype: .float64)).squared()
          .sum()
      },
      { $0.norm(order: 2, along: [1]).sum() },
    ]
    let function = functions[which]
    let x = Tensor.normal([3, 4], dtype: .float64, using: Generator(seed: 7, purpose: "fd"))
    let exact = valueAndGradient(at: x, of: function).gradient.values(as: Double.self)
    let h = 1e-6
    let base = x.values(as: Double.self)
    for index in base.indices {
      var up = base
      var down = base
      up[index] += h
      down[index] -= h
      let difference =
        (function(Tensor(up, shape: [3, 4])).item - function(Tensor(down, shape: [3, 4])).item)
        / (2 * h)
      #expect(abs(difference - exact[index]) < 1e-7)
    }
  }

  @Test("the Hessian-vector product of a quadratic form is the matrix times the vector")
  func hessian() {
    let matrix = Tensor([2.0, 1, 1, 3], shape: [2, 2])
    let product = hessianVectorProduct(at: Tensor([5.0, -1]), direction: Tensor([1.0, 2])) {
      0.5 * $0.dot(matrix.matmul($0))
    }
    #expect(product.values() == [4.0, 7])
  }

  @Test("recording is restored, also after an error")
  func scopes() {
    struct Stop: Error {}
    let x = Tensor([1.0]).variable()
    #expect(throws: Stop.self) { try withoutGradients { throw Stop() } }
    #expect((x * 2).requiresGradient)
    withoutGradients { #expect(!(x * 2).requiresGradient) }
  }
}
