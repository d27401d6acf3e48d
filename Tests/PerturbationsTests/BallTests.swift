import Perturbations
import Testing
import Torch

@Suite("Ball")
struct BallTests {
  @Test(
    "radii that are negative or not numbers are refused",
    arguments: [-1, -0.0001, .nan, -.infinity])
  func radius(_ radius: Double) {
    #expect(throws: PerturbationError.self) { try Ball(LInf(), radius: radius) }
  }

  @Test("box, mask and scale bound every feature")
  func bounds() throws {
    let center = Tensor([0.5, 0.95, 0.5, 0.5], shape: [1, 4])
    let ball = try Ball(
      LInf(), radius: 0.1, box: 0...1, mask: Tensor([1.0, 1, 0, 1]),
      scale: Tensor([1.0, 1, 1, 2]))
    let result = ball.project(center + 1, around: center).values(as: Double.self)
    for (value, expected) in zip(result, [0.6, 1, 0.5, 0.7]) {
      #expect(abs(value - expected) < 1e-12)
    }
  }

  @Test("a scale must be positive, a mask must fit, and inputs must lie in the box")
  func errors() throws {
    #expect(throws: PerturbationError.scale) {
      try Ball(L2(), radius: 1, scale: Tensor([1.0, 0]))
    }
    let inputs = Tensor([0.2, 0.3, 0.4, 1.5], shape: [2, 2])
    let masked = try Ball(L2(), radius: 1, mask: Tensor([1.0, 1, 1]))
    #expect(throws: PerturbationError.shape(name: "mask", shape: [3], inputs: [2])) {
      try masked.validate(inputs, indices: [0, 1])
    }
    let boxed = try Ball(L2(), radius: 1, box: 0...1)
    #expect(
      throws: PerturbationError.inputOutsideBox(example: 11, value: 1.5, low: 0, high: 1)
    ) { try boxed.validate(inputs, indices: [10, 11]) }
  }
}
