import Perturbations
import Torch

/// Attacks a linear model, whose distance to the boundary is known, and compares.
@main
struct LinearAttack {
  static func main() throws {
    let weight = Tensor([3.0, 4.0])
    let target = Target(classCount: 2) { inputs in
      let score = inputs.matmul(weight)
      return Tensor.stacked([score * -0.5, score * 0.5], along: 1)
    }
    let batch = Batch(
      inputs: Tensor([1.0, 0, 0, 1, 0.1, 0.1], shape: [3, 2]), labels: Tensor([1, 1, 1]),
      indices: [0, 1, 2])
    let ball = try Ball(L2(), radius: 0.65)
    let result = try AttackEngine().run(
      ProjectedGradient(steps: 20), on: target, batch, within: ball, context: Context(seed: 0))
    let distances = (batch.inputs.matmul(weight) / 5).values(as: Double.self)
    for (distance, success) in zip(distances, result.success) {
      print("distance \(distance), radius \(ball.radius): \(success ? "broken" : "stands")")
    }
  }
}
