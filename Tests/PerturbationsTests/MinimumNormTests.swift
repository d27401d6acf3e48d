import Foundation
import Perturbations
import Testing
import Torch

/// On a linear model the distance to the boundary is known: `|w · x + b| / |w|_q`.
@Suite("Minimum-norm attacks on linear models")
struct MinimumNormTests {
  /// Logits `±(w · (x - 0.5) + b) / 2` of the first two classes, and others far below them.
  private struct Model {
    let weight: Tensor
    let target: Target
    let batch: Batch
    let scores: Tensor

    /// Examples within `spread` of 0.5 that are then moved away from the boundary by a distance.
    init(shape: [Int], count: Int, classCount: Int = 2, spread: Double = 1, distance: Double = 0.5)
    {
      let size = shape.reduce(1, *)
      let weight = Tensor.normal(
        [size], dtype: .float64, using: Generator(seed: 4, purpose: "weights"))
      let length = weight.squared().sum().item.squareRoot()
      @Sendable func score(_ inputs: Tensor) -> Tensor {
        (inputs.flattened(from: 1) - 0.5).matmul(weight) + 0.1 * spread * length
      }
      let noise = Tensor.uniform(
        [count, size], in: -1...1, dtype: .float64, using: Generator(seed: 5, purpose: "inputs"))
      let away = score(noise * spread + 0.5).sign().unsqueezed(1) * weight * (distance / length)
      let inputs = noise * spread + 0.5 + away
      self.weight = weight
      scores = score(inputs)
      target = Target(classCount: classCount) { inputs in
        let score = score(inputs)
        let others = (2..<max(2, classCount)).map { score * 0 - 1e3 * Double($0) }
        return Tensor.stacked([score * -0.5, score * 0.5] + others, along: 1)
      }
      batch = Batch(
        inputs: inputs.reshaped([count] + shape), labels: scores.greater(than: 0).to(.int64),
        indices: Array(0..<count))
    }

    func distances(_ norm: any Norm) -> [Double] {
      let dual = norm.dual.length(of: weight.unsqueezed(0)).item
      return (scores.abs() / dual).values(as: Double.self)
    }

    /// The class that an example does not have, out of the first two.
    var other: Goal {
      let labels = batch.labels.values(as: Int.self)
      return .classes(Dictionary(uniqueKeysWithValues: zip(batch.indices, labels.map { 1 - $0 })))
    }
  }

  private static let shapes = [[8], [4, 6], [5, 7, 7]]
  private static let norms = ["linf", "l2", "l1"]

  /// How far beyond the closed form perturbations are, over batches, shapes and goals.
  private func check(
    _ norm: String, _ shape: [Int], within ratio: Double, spread: Double = 1,
    distance: Double = 0.5, box: ClosedRange<Double>? = nil, _ attack: (Goal) -> any Attack
  ) throws {
    let norm = try Norms.named(norm)
    for (count, classCount) in [(1, 2), (3, 3), (8, 5)] {
      let model = Model(
        shape: shape, count: count, classCount: classCount, spread: spread, distance: distance)
      let distances = model.distances(norm)
      let ball = try Ball(norm, radius: .infinity, box: box)
      for goal in [.untargeted, model.other] {
        let attack = attack(goal)
        let result = try attack.run(
          on: model.target, model.batch, within: ball, context: Context(seed: 1))
        let lengths = norm.length(of: result.adversarial - model.batch.inputs)
          .values(as: Double.self)
        for row in 0..<count {
          let found = try #require(result.distance[row], "\(attack.name) \(norm.name) \(shape)")
          #expect(abs(found - lengths[row]) < 1e-12)
          let quotient = found / distances[row]
          #expect(quotient > 1 - 1e-9, "\(attack.name) \(norm.name) \(shape)")
          #expect(quotient < ratio, "\(attack.name) \(norm.name) \(shape) \(count)")
        }
      }
    }
  }

  @Test("DeepFool is within 1.02", arguments: norms, shapes)
  func deepFool(_ norm: String, _ shape: [Int]) throws {
    // The attack steps 1e-4 beyond the boundary before the overshoot: far from it that is little.
    try check(norm, shape, within: 1.02, spread: 10, distance: 5) {
      DeepFool(overshoot: 0.018, goal: $0)
    }
  }

  @Test("FAB is within 1.05", arguments: norms, shapes)
  func fab(_ norm: String, _ shape: [Int]) throws {
    try check(norm, shape, within: 1.05) { FastAdaptiveBoundary(goal: $0) }
    try check(norm, shape, within: 1.05) { _ in TargetedFastAdaptiveBoundary() }
  }

  @Test("FMN is within 1.05", arguments: norms, shapes)
  func fmn(_ norm: String, _ shape: [Int]) throws {
    // To leave all but one of many features, L1 needs more steps.
    let steps = norm == "l1" && shape.count == 3 ? 400 : 100
    try check(norm, shape, within: 1.05) { FastMinimumNorm(steps: steps, goal: $0) }
  }

  @Test("DDN is within 1.05", arguments: shapes)
  func ddn(_ shape: [Int]) throws {
    try check("l2", shape, within: 1.05) { DecoupledDirectionNorm(goal: $0) }
  }

  @Test("C&W is within 1.05", arguments: shapes)
  func carliniWagner(_ shape: [Int]) throws {
    // A step of Adam moves every feature by up to 0.005: boundaries lie a dozen of them away.
    let distance = 0.06 * Double(shape.reduce(1, *)).squareRoot()
    try check("l2", shape, within: 1.05, spread: 0.05, distance: distance, box: 0...1) {
      CarliniWagner(steps: 100, goal: $0)
    }
  }

  @Test("FMN in L0 needs one feature where nothing limits it", arguments: shapes)
  func oneFeature(_ shape: [Int]) throws {
    let model = Model(shape: shape, count: 8)
    let ball = try Ball(L0(), radius: .infinity)
    let result = try FastMinimumNorm().run(
      on: model.target, model.batch, within: ball, context: Context(seed: 1))
    #expect(result.distance == Array(repeating: 1, count: 8))
  }
}
