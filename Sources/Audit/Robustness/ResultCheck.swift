import Perturbations
import Torch

/// Whether what attacks gave back is what they had to give back (checks E2, E3 and E5).
package struct ResultCheck: Sendable, Equatable {
  /// Results about other examples than those that were asked about, or about inputs that changed.
  package var otherExamples = 0
  /// The largest part of a radius by which an adversarial input was too far away, of the examples that
  /// broke; infinite for one that is not a number or outside of the box.
  package var excess = 0.0
  /// Failures with a distance, and successes without one.
  package var sentinels = 0

  package init() {}

  /// Checks the result of an attack.
  package init(_ result: AttackResult, on batch: Batch, within ball: Ball) {
    guard result.indices == batch.indices, result.adversarial.shape == batch.inputs.shape else {
      otherExamples = 1
      return
    }
    sentinels =
      zip(result.success, result.distance).filter { success, distance in
        success != (distance?.isFinite ?? false)
      }.count
    let rows = result.success.indices.filter { result.success[$0] }
    guard !rows.isEmpty else { return }
    let moved = result.adversarial.selecting(rows: rows).to(.float64)
    let lengths = ball.length(of: moved - batch.inputs.selecting(rows: rows).to(.float64))
    let longest = lengths.max().item
    excess = ball.radius > 0 ? max(0, longest / ball.radius - 1) : longest
    let isWrong = moved.isFinite.not().any || (ball.box.map { isOutside(moved, $0) } ?? false)
    if isWrong || excess.isNaN { excess = .infinity }
  }

  /// Rounding of the box's own ends to float32 is not an escape.
  private func isOutside(_ inputs: Tensor, _ box: ClosedRange<Double>) -> Bool {
    let slack = 1e-6 * max(1, box.upperBound - box.lowerBound)
    return inputs.less(than: box.lowerBound - slack).or(
      inputs.greater(than: box.upperBound + slack)
    ).any
  }

  /// Two checks in one.
  package static func + (a: ResultCheck, b: ResultCheck) -> ResultCheck {
    var sum = a
    sum.otherExamples += b.otherExamples
    sum.excess = max(a.excess, b.excess)
    sum.sentinels += b.sentinels
    return sum
  }
}
