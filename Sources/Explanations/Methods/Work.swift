import Foundation
import Perturbations
import Torch

/// Pieces of work on all workers, the same pieces for any number of them.
struct Work {
  let question: Question
  let context: Context

  /// Applies a function to chunks of at most as many examples as the question's cap, results in order.
  func chunks<Result: Sendable>(
    _ batch: Batch, reports: Bool = false,
    _ body: @escaping @Sendable (Batch) throws -> Result
  ) throws -> [Result] {
    let cap = max(1, question.batchCap)
    let ranges = stride(from: 0, to: batch.count, by: cap).map { $0..<min($0 + cap, batch.count) }
    let tally = Tally(total: ranges.count, reports ? question.progress : nil)
    let device = context.device
    return try context.pool.map(ranges.count) { index in
      let result = try attempt { try body(batch.slice(ranges[index], on: device)) }
      tally.add()
      return result
    }
  }

  /// Applies a function to numbers from 0, results in order.
  func numbers<Result: Sendable>(
    _ count: Int, tally: Tally? = nil, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    try context.pool.map(count) { index in
      let result = try attempt { try body(index) }
      tally?.add()
      return result
    }
  }

  /// Every example with the class and the scores that are asked about.
  ///
  /// - Parameter needsBaselines: whether the scores of baselines are computed as well.
  func posed(_ batch: Batch, needsBaselines: Bool) throws -> [Posed] {
    let question = question
    return try chunks(batch) { chunk in
      let (classes, scores) = try question.pose(chunk)
      let baselines = question.baseline.values(for: chunk.inputs)
      let none =
        needsBaselines
        ? try question.scores(of: baselines.contiguous(), classes, chunk.outputs)
          .values(as: Double.self) : scores.values(as: Double.self).map { _ in 0 }
      let own = scores.values(as: Double.self)
      return chunk.indices.indices.map { row in
        Posed(
          input: chunk.inputs[row..<row + 1], baseline: baselines[row..<row + 1].contiguous(),
          classNumber: classes[row..<row + 1], outputs: chunk.outputs, index: chunk.indices[row],
          score: own[row], baselineScore: none[row])
      }
    }.flatMap { $0 }
  }
}

/// One example and what is asked about it.
struct Posed: Sendable {
  /// `[1, …]`.
  let input: Tensor
  /// `[1, …]`.
  let baseline: Tensor
  /// The class whose score is explained, `[1]`.
  let classNumber: Tensor
  let outputs: OutputKind
  /// Which example of the data set it is.
  let index: Int
  /// Its score.
  let score: Double
  /// The score of its baseline, where that was asked for.
  let baselineScore: Double

  /// The scores of rows that are variants of this example, `[R, …]` to `[R]`, in double precision.
  func scores(_ rows: Tensor, _ question: Question) throws -> Tensor {
    try question.scores(of: rows, classNumber.expanded([rows.size(0)]).contiguous(), outputs)
  }

  /// The gradients of the score at rows that are variants of this example.
  func gradients(_ rows: Tensor, _ question: Question) throws -> Tensor {
    try question.gradient(rows, classNumber.expanded([rows.size(0)]).contiguous(), outputs)
  }
}

/// Counts pieces of work that are done, from any worker.
final class Tally: @unchecked Sendable {
  private let lock = NSLock()
  private let total: Int
  private let report: (@Sendable (Int, Int) -> Void)?
  private var done = 0

  init(total: Int, _ report: (@Sendable (Int, Int) -> Void)?) {
    self.total = total
    self.report = report
  }

  func add() {
    guard let report else { return }
    report(
      lock.withLock {
        done += 1
        return done
      }, total)
  }
}
