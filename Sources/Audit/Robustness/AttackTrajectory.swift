import Foundation
import Perturbations
import Torch

/// What an attack passed on its way, seen from outside: the model notes every answer that it gives.
///
/// The attack must ask about all examples of a chunk every time, in order; ``ProjectedGradient`` does so
/// when it does not stop early and starts once.
package struct AttackTrajectory: Sendable {
  /// The cross-entropy at every answer, by example: the clean input first.
  package private(set) var losses: [[Double]] = []
  /// Whether the model failed at any answer but the first, by example.
  package private(set) var passedFailure: [Bool] = []
  /// Whether the attack says that it succeeded.
  package private(set) var success: [Bool] = []
  /// Whether the model fails on what the attack gave back.
  package private(set) var failsOnResult: [Bool] = []
  /// The share of features at an end of the ball or of the box.
  package private(set) var clampedShares: [Double] = []

  /// Runs an attack on some of the examples.
  package init(
    of attack: any Attack, on target: Target, _ batch: Batch, within ball: Ball, subject: Subject
  ) throws {
    let parts = try subject.engine.map(batch, context: subject.context) { chunk in
      try Self.part(attack, target, chunk, ball, subject)
    }
    for part in parts {
      losses += part.losses
      passedFailure += part.passedFailure
      success += part.success
      failsOnResult += part.failsOnResult
      clampedShares += part.clampedShares
    }
  }

  private init() {}

  private static func part(
    _ attack: any Attack, _ target: Target, _ chunk: Batch, _ ball: Ball, _ subject: Subject
  ) throws -> AttackTrajectory {
    let notes = Notes()
    let watched = Target(classCount: target.classCount) { inputs in
      let logits = try target.logits(inputs)
      notes.add(logits.detached(), count: chunk.count)
      return logits
    }
    let result = try attack.run(on: watched, chunk, within: ball, context: subject.context)
    var part = AttackTrajectory()
    let answers = notes.answers
    let losses = answers.map {
      $0.crossEntropy(chunk.labels, reduction: .none).values(as: Double.self)
    }
    let isRight = answers.dropFirst().map {
      Target.isCorrect($0, chunk.labels).values(as: Bool.self)
    }
    part.losses = (0..<chunk.count).map { row in losses.map { $0[row] } }
    part.passedFailure = (0..<chunk.count).map { row in isRight.contains { !$0[row] } }
    part.success = result.success
    let last = try withoutGradients { try target.logits(result.adversarial) }
    part.failsOnResult = Target.isCorrect(last, chunk.labels).not().values(as: Bool.self)
    part.clampedShares = clamped(result.adversarial, chunk.inputs, ball)
    return part
  }

  /// Features that cannot go on: at the radius, or at an end of the box.
  private static func clamped(_ moved: Tensor, _ inputs: Tensor, _ ball: Ball) -> [Double] {
    var isStuck = (moved - inputs).abs().greaterOrEqual(to: ball.radius * (1 - 1e-5))
    if let box = ball.box {
      isStuck = isStuck.or(moved.lessOrEqual(to: box.lowerBound)).or(
        moved.greaterOrEqual(to: box.upperBound))
    }
    return isStuck.to(.float64).examplesFlattened.mean(along: 1).values(as: Double.self)
  }

  /// The share of examples on which the model failed on the way and the attack did not say so.
  package var silentShare: Double {
    let lost = zip(passedFailure, success).filter { $0 && !$1 }.count
    return success.isEmpty ? 0 : Double(lost) / Double(success.count)
  }

  /// How much of its way up the loss of each example still made in the last iterations: the path is
  /// rescaled to 0...1, and only new maxima count.
  package func lateRises(window: Int) -> [Double] {
    losses.map { path in
      let finite = path.filter(\.isFinite)
      guard let first = finite.first, finite.count > 1 else { return 0 }
      let window = Swift.min(window, finite.count / 2)
      let largest = finite.max() ?? first
      let before = finite.dropLast(window).max() ?? first
      let least = finite.min() ?? first
      return largest > least ? (largest - before) / (largest - least) : 0
    }
  }
}

/// Answers of a model to one chunk; one worker writes it, so nothing else can.
private final class Notes: @unchecked Sendable {
  private(set) var answers: [Tensor] = []

  func add(_ logits: Tensor, count: Int) {
    if logits.size(0) == count { answers.append(logits) }
  }
}
