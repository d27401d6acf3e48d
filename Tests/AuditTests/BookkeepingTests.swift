import Audit
import Datasets
import Foundation
import Networks
import Perturbations
import Testing
import Torch

/// What attacks can get wrong about their own results, on results made for it.
@Suite("Bookkeeping of attacks")
struct BookkeepingTests {
  private let batch = Batch(
    inputs: Tensor([Float(0.5), 0.5, 0.2, 0.2], shape: [2, 2]), labels: Tensor([0, 1]),
    indices: [3, 7])

  private func check(
    _ inputs: [Float] = [0.6, 0.5, 0.2, 0.2], success: [Bool] = [true, false],
    distance: [Double?] = [0.1, nil], indices: [Int] = [3, 7]
  ) throws -> ResultCheck {
    let result = AttackResult(
      indices: indices, adversarial: Tensor(inputs, shape: [2, 2]), success: success,
      distance: distance, iterations: [1, 1], queries: [1, 1], gradients: [0, 0])
    return ResultCheck(result, on: batch, within: try Ball(LInf(), radius: 0.1, box: 0...1))
  }

  @Test("a result that keeps to the ball raises nothing")
  func sound() throws {
    let found = try check()
    #expect(found.otherExamples == 0 && found.sentinels == 0 && found.excess < 1e-6)
  }

  @Test("E2: other examples than those asked about")
  func examples() throws {
    #expect(try check(indices: [3, 8]).otherExamples == 1)
    #expect(try (check(indices: [3, 8]) + check(indices: [7, 3])).otherExamples == 2)
  }

  @Test("E3: too far, outside of the box, or not a number; only what broke counts")
  func bounds() throws {
    #expect(abs(try check([0.62, 0.5, 0.2, 0.2]).excess - 0.2) < 1e-5)
    #expect(try check([.nan, 0.5, 0.2, 0.2]).excess == .infinity)
    let outside = Batch(
      inputs: Tensor([Float(0.95), 0.5], shape: [1, 2]), labels: Tensor([0]), indices: [0])
    let result = AttackResult(
      indices: [0], adversarial: Tensor([Float(1.02), 0.5], shape: [1, 2]), success: [true],
      distance: [0.07], iterations: [1], queries: [1], gradients: [0])
    let ball = try Ball(LInf(), radius: 0.1, box: 0...1)
    #expect(ResultCheck(result, on: outside, within: ball).excess == .infinity)
    #expect(try check([0.6, 0.5, 0.9, 0.2]).excess < 1e-6)
  }

  @Test("E5: a failure with a distance, a success without one, a distance without end")
  func sentinels() throws {
    #expect(try check(distance: [0.1, 0]).sentinels == 1)
    #expect(try check(distance: [nil, nil]).sentinels == 1)
    #expect(try check(distance: [.infinity, nil]).sentinels == 1)
  }

  /// Walks through the class border and back, and reports where it ended.
  private struct Forgetful: Attack {
    static let about = AttackDescription(
      name: "forgetful", summary: "", kind: .fixedBudget, norms: ["linf"], cost: "", source: "")
    static let options: [AttackOption<Forgetful>] = []

    func run(
      on target: Target, _ batch: Batch, within ball: Ball, context: Context
    ) throws -> AttackResult {
      for length in [0, 0.3, -0.3, 0] { _ = try target.logits(batch.inputs + length) }
      let none = batch.indices.map { _ in 0 }
      return AttackResult(
        indices: batch.indices, adversarial: batch.inputs, success: none.map { _ in false },
        distance: none.map { _ in nil }, iterations: none, queries: none, gradients: none)
    }
  }

  @Test("D1: an attack that forgets what it passed, and one that does not")
  func silent() throws {
    let subject = try Subject(
      name: "model", classifier: FlagTests.Model(), data: FlagTests.data(),
      settings: FlagTests.settings(), context: Context(seed: 4, workers: 2))
    let ball = try Ball(LInf(), radius: 0.3)
    func trajectory(_ attack: any Attack) throws -> AttackTrajectory {
      try AttackTrajectory(
        of: attack, on: subject.target, subject.attackedBatch, within: ball, subject: subject)
    }
    let scores = (subject.attackedBatch.inputs - 0.5).matmul(Tensor([Float(6), 8])).abs()
    let near = scores.less(than: 14 * 0.3).to(.float64).mean().item
    #expect(try trajectory(Forgetful()).silentShare == near)
    let kept = try trajectory(ProjectedGradient(steps: 10, stopsEarly: false))
    #expect(kept.silentShare == 0)
    #expect(kept.success == kept.failsOnResult)
    // The clean input, the start, nine steps, and the last iterate.
    #expect(kept.losses.allSatisfy { $0.count == 12 })
  }

  @Test("D2: how much of its way a loss makes at the end")
  func lateRises() throws {
    let subject = try Subject(
      name: "model", classifier: FlagTests.Model(), data: FlagTests.data(),
      settings: FlagTests.settings(), context: Context(seed: 4, workers: 2))
    // Ten steps of a hundredth each: the way is as long at the end as at the beginning.
    let attack = ProjectedGradient(
      steps: 10, stepSize: 0.001, hasRandomStart: false, stopsEarly: false)
    let slow = try AttackTrajectory(
      of: attack, on: subject.target, subject.attackedBatch, within: Ball(LInf(), radius: 0.3),
      subject: subject)
    #expect(slow.lateRises(window: 2).allSatisfy { $0 > 0.15 && $0 < 0.25 })
    let quick = try AttackTrajectory(
      of: ProjectedGradient(steps: 10, stepSize: 0.1, hasRandomStart: false, stopsEarly: false),
      on: subject.target, subject.attackedBatch, within: Ball(LInf(), radius: 0.3),
      subject: subject)
    #expect(quick.lateRises(window: 2).allSatisfy { $0 < 1e-4 })
  }
}
