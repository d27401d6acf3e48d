import Foundation
import Perturbations
import Testing
import Torch

/// On a linear model the distance to the boundary is known: `|w · x + b| / |w|_q`.
@Suite("Attacks on linear models")
struct LinearModelTests {
  /// Two logits, `±(w · x + b) / 2`, so that their difference is `w · x + b`.
  private struct Model {
    let weight: Tensor
    let target: Target

    init(shape: [Int]) {
      let size = shape.reduce(1, *)
      let generator = Generator(seed: 4, purpose: "weights")
      let weight = Tensor.normal([size], dtype: .float64, using: generator)
      self.weight = weight
      target = Target(classCount: 2) { inputs in
        let score = inputs.flattened(from: 1).matmul(weight)
        return Tensor.stacked([score * -0.5, score * 0.5], along: 1)
      }
    }
  }

  private func batch(_ shape: [Int], count: Int, _ model: Model) -> Batch {
    let inputs = Tensor.normal(
      [count] + shape, dtype: .float64, using: Generator(seed: 5, purpose: "inputs"))
    let labels = inputs.flattened(from: 1).matmul(model.weight).greater(than: 0).to(.int64)
    return Batch(inputs: inputs, labels: labels, indices: Array(0..<count))
  }

  @Test(
    "FGM and PGD break exactly the examples that a perturbation of that length can break",
    arguments: ["linf", "l2", "l1"], [[8], [4, 6], [5, 7, 7]])
  func closedForm(_ name: String, _ shape: [Int]) throws {
    let norm = try Norms.named(name)
    let model = Model(shape: shape)
    for count in [1, 3, 8] {
      let batch = batch(shape, count: count, model)
      let scores = batch.inputs.flattened(from: 1).matmul(model.weight).abs()
      let dual = norm.dual.length(of: model.weight.unsqueezed(0)).item
      let distances = (scores / dual).values(as: Double.self)
      // Between two distances, so that no example lies on the border.
      let sorted = distances.sorted()
      let radius = count == 1 ? sorted[0] * 1.01 : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
      let ball = try Ball(norm, radius: radius)
      let attacks: [any Attack] =
        name == "l1"
        ? [FastGradient()]
        : [
          FastGradient(), ProjectedGradient(hasRandomStart: false, loss: .margin),
          // Steps as long as the radius forget the random start within a few steps.
          ProjectedGradient(steps: 20, stepSize: radius),
        ]
      for attack in attacks {
        let result = try attack.run(
          on: model.target, batch, within: ball, context: Context(seed: 1))
        #expect(result.success == distances.map { $0 < radius }, "\(attack.name)")
        for (success, distance) in zip(result.success, result.distance) {
          #expect(success == (distance != nil))
          if let distance { #expect(distance <= radius * (1 + 1e-9)) }
        }
      }
    }
  }

  @Test(
    "one step of FGM changes the margin by radius times the dual length",
    arguments: ["linf", "l2", "l1"])
  func margin(_ name: String) throws {
    let norm = try Norms.named(name)
    let model = Model(shape: [4, 6])
    let batch = batch([4, 6], count: 5, model)
    let ball = try Ball(norm, radius: 1e-3)
    let result = try FastGradient().run(
      on: model.target, batch, within: ball, context: Context())
    let moved = (result.adversarial - batch.inputs).flattened(from: 1).matmul(model.weight).abs()
    let expected = 1e-3 * norm.dual.length(of: model.weight.unsqueezed(0)).item
    #expect((moved - expected).abs().max().item < 1e-12)
  }

  @Test("a targeted attack reaches its class, and only then succeeds")
  func targeted() throws {
    let weights = Tensor([1.0, 0, 0, 1, -1, -1], shape: [3, 2])
    let target = Target(classCount: 3) { $0.matmul(weights.transposed()) }
    let batch = Batch(
      inputs: Tensor([2.0, 0.5, 2, 0.5], shape: [2, 2]), labels: Tensor([0, 0]), indices: [0, 1])
    let ball = try Ball(L2(), radius: 1.2)
    for (goal, success) in [
      (Goal.targetClass(1), true), (.targetClass(2), false), (.runnerUp, true),
      (.leastLikely, false), (.offset(1), true),
    ] {
      let attack = ProjectedGradient(steps: 30, goal: goal)
      let result = try attack.run(on: target, batch, within: ball, context: Context())
      #expect(result.success == [success, success], "\(goal)")
    }
    #expect(throws: PerturbationError.targetClass(7, classCount: 3)) {
      try ProjectedGradient(goal: .targetClass(7))
        .run(on: target, batch, within: ball, context: Context())
    }
  }
}
