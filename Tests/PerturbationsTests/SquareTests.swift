import Foundation
import Perturbations
import Testing
import Torch

@Suite("Square attack")
struct SquareTests {
  @Test(
    "it breaks what the closed form says can be broken, but for the last hundredth",
    arguments: [[24], [4, 6], [2, 5, 7], [1, 9, 4]], [2, 3])
  func closedForm(_ shape: [Int], _ classCount: Int) throws {
    let model = LinearTask(shape, classCount: classCount)
    let batch = model.batch(8)
    let distances = model.distances(batch, LInf())
    for rank in [1, 5] {
      let radius = distances.sorted()[rank] * 1.01
      let result = try Square(queries: 1200, rescalesSchedule: true).run(
        on: model.target, batch, within: Ball(LInf(), radius: radius), context: Context(seed: 1))
      for (success, distance) in zip(result.success, distances) {
        if distance * 1.01 <= radius * (1 + 1e-9) { #expect(success) }
        if distance > radius * (1 + 1e-9) { #expect(!success) }
      }
    }
  }

  @Test(
    "in L2 and L1 it comes near the closed form and never below it",
    arguments: ["l2", "l1"], [[24], [2, 5, 7], [1, 12, 9]])
  func otherNorms(_ name: String, _ shape: [Int]) throws {
    let model = LinearTask(shape)
    let batch = model.batch(8)
    let norm = try Norms.named(name)
    let distances = model.distances(batch, norm)
    let radius = distances.sorted()[4]
    let result = try Square(queries: 800, rescalesSchedule: true).run(
      on: model.target, batch, within: Ball(norm, radius: radius), context: Context(seed: 1))
    for (success, distance) in zip(result.success, distances) {
      if distance * (name == "l1" ? 4 : 2) <= radius { #expect(success) }
      if distance > radius * (1 + 1e-6) { #expect(!success) }
    }
    let lengths = norm.length(of: result.adversarial - batch.inputs).values(as: Double.self)
    #expect(lengths.allSatisfy { $0 <= radius * (1 + 1e-6) })
  }

  @Test("a target class is reached, and only then it has succeeded")
  func targeted() throws {
    let weights = Tensor([1.0, 0, 0, 1, -1, -1], shape: [3, 2])
    let target = Target(classCount: 3) { $0.matmul(weights.transposed()) }
    let batch = Batch(
      inputs: Tensor([2.0, 0.5, 2, 0.5], shape: [2, 2]), labels: Tensor([0, 0]), indices: [0, 1])
    for (goal, success) in [(Goal.targetClass(1), true), (.targetClass(2), false)] {
      let result = try Square(queries: 100, goal: goal).run(
        on: target, batch, within: Ball(LInf(), radius: 1), context: Context())
      #expect(result.success == [success, success])
    }
  }

  @Test("queries are counted as they are asked, and no budget is exceeded")
  func budget() throws {
    let model = LinearTask([1, 6, 8])
    let batch = model.batch(5)
    let asked = Counter()
    let counted = model.target.counted(by: asked)
    for norm in [LInf(), L2(), L1()] as [any Norm] {
      let radius = (model.distances(batch, norm).min() ?? 0) * 0.9
      let ball = try Ball(norm, radius: radius)
      let before = asked.count
      let attack = Square(queries: 50, restarts: 2)
      let result = try attack.run(on: counted, batch, within: ball, context: Context())
      #expect(result.queries.reduce(0, +) == asked.count - before)
      #expect(result.queries.allSatisfy { $0 <= 1 + 2 * 51 })
      if !(norm is LInf) { #expect(result.queries == Array(repeating: 1 + 2 * 51, count: 5)) }
      let limited = try attack.run(
        on: counted.limited(toQueries: 17), batch, within: ball, context: Context())
      #expect(limited.queries == Array(repeating: 17, count: 5))
    }
  }

  @Test("no proposal asks about what is the best already")
  func nothingIsAskedInVain() throws {
    let model = LinearTask([1, 3, 3])
    let batch = model.batch(1)
    let best = Best()
    let watched = Target(classCount: 2) { inputs in
      let logits = try model.target.logits(inputs)
      let margin = (logits.select(1, along: 1) - logits.select(0, along: 1)).abs().item
      best.see(inputs.values(as: Double.self), margin)
      return logits
    }
    let radius = (model.distances(batch, LInf()).first ?? 0) * 0.99
    let result = try Square(queries: 200).run(
      on: watched, batch, within: Ball(LInf(), radius: radius), context: Context())
    #expect(best.repetitions == 0)
    #expect(result.queries[0] < 200)
  }

  @Test("masked features stay, and adversarial pixels survive being stored in 8 bits")
  func maskAndDomain() throws {
    let shape = [1, 5, 6]
    let model = LinearTask(shape)
    let pixels = Tensor.integers([6] + shape, in: 0..<256, using: Generator(seed: 3, purpose: "x"))
    let inputs = pixels.to(.float64) / 255
    let labels = inputs.flattened(from: 1).matmul(model.weight).greater(than: 0).to(.int64)
    let batch = Batch(inputs: inputs, labels: labels, indices: Array(0..<6))
    let mask = Tensor([Double](repeating: 1, count: 18) + [Double](repeating: 0, count: 12))
      .reshaped(shape)
    for norm in [LInf(), L2(), L1()] as [any Norm] {
      let radius = norm is LInf ? 0.2 : norm is L2 ? 0.8 : 3
      let ball = try Ball(norm, radius: radius, box: 0...1, mask: mask, domain: .eightBit)
      let result = try Square(queries: 300).run(
        on: model.target, batch, within: ball, context: Context())
      let change = result.adversarial - inputs
      #expect((change * (1 - mask)).abs().max().item == 0)
      #expect(norm.length(of: change).max().item <= radius * (1 + 1e-6))
      let levels = result.adversarial * 255
      #expect((levels - levels.rounded()).abs().max().item < 1e-9)
      #expect(result.success.contains(true))
    }
  }
}

/// Notices when the input with the smallest margin so far is asked about again.
private final class Best: @unchecked Sendable {
  private var input: [Double] = []
  private var margin = Double.infinity
  private(set) var repetitions = 0
  func see(_ other: [Double], _ otherMargin: Double) {
    if other == input { repetitions += 1 }
    if otherMargin < margin { (input, margin) = (other, otherMargin) }
  }
}
