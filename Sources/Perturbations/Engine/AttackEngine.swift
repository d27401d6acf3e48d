import Foundation
import Torch

/// Runs attacks on all cores, with the same answer for any number of them.
///
/// Examples are cut into chunks of a fixed size, and workers take chunk after chunk. Random streams
/// depend on examples, not on chunks or workers.
public struct AttackEngine: Sendable {
  /// The number of examples a worker attacks at once; by the number of examples when `nil`.
  public let chunkSize: Int?

  /// An engine.
  ///
  /// - Parameter chunkSize: small enough to stay in a core's cache and to keep all workers busy to the
  ///   end, large enough that operators do not spend their time on being called. When `nil` a sixteenth
  ///   of the examples, at least 25 and at most 64: the same for any number of workers, so that answers
  ///   are the same to the last bit.
  public init(chunkSize: Int? = nil) { self.chunkSize = chunkSize.map { max(1, $0) } }

  /// Attacks all examples.
  ///
  /// - Parameters:
  ///   - journal: where finished chunks are kept, and taken from where an earlier run finished them.
  ///   - progress: called after each chunk, from any worker.
  /// - Throws: what the attack throws, of the first chunk that failed.
  public func run(
    _ attack: any Attack, on target: Target, _ batch: Batch, within ball: Ball, context: Context,
    journal: AttackJournal? = nil, progress: (@Sendable (AttackProgress) -> Void)? = nil
  ) throws -> AttackResult {
    guard batch.targets == nil else { throw PerturbationError.needsClasses(attack: attack.name) }
    try attack.validate(for: ball)
    try ball.validate(batch.inputs, indices: batch.indices)
    if let composite = attack as? any CompositeAttack {
      return try composite.run(
        on: target, batch, within: ball, context: context, engine: self, journal: journal,
        progress: progress)
    }
    let chunks = chunks(of: batch, on: context.device)
    guard !chunks.isEmpty else {
      return try attack.run(on: target, batch, within: ball, context: context)
    }
    let tally = Tally(attack.name, total: batch.count, progress)
    let results = try context.map(
      chunks.count,
      known: { index in
        let stored = try journal?.result(of: chunks[index])
        if let stored { tally.add(stored) }
        return stored
      },
      arrived: { _, result in
        try journal?.store(result)
        tally.add(result)
      },
      { index in
        var result = try attempt {
          try attack.run(on: target, chunks[index], within: ball, context: context)
        }
        result.brokenBy = result.success.map { $0 ? attack.name : nil }
        try journal?.store(result)
        tally.add(result)
        return result
      })
    return .joined(results)
  }

  /// The logits of all inputs, `[N, K]`, computed chunk by chunk on all workers.
  public func logits(of target: Target, _ batch: Batch, context: Context) throws -> Tensor {
    let chunks = chunks(of: batch, on: context.device)
    let parts = try context.pool.map(chunks.count) { index in
      try attempt { try withoutGradients { try target.logits(chunks[index].inputs).to(.cpu) } }
    }
    return Tensor.concatenated(parts)
  }

  /// Applies a function to every chunk on all workers, results in order.
  public func map<Result: Sendable>(
    _ batch: Batch, context: Context, _ body: @escaping @Sendable (Batch) throws -> Result
  ) throws -> [Result] {
    let chunks = chunks(of: batch, on: context.device)
    return try context.pool.map(chunks.count) { index in try attempt { try body(chunks[index]) } }
  }

  private func chunks(of batch: Batch, on device: Device) -> [Batch] {
    let size = chunkSize ?? min(64, max(25, (batch.count + 15) / 16))
    return stride(from: 0, to: batch.count, by: size).map { start in
      batch.slice(start..<min(start + size, batch.count), on: device)
    }
  }
}

/// Counts what chunks bring in, from any worker.
private final class Tally: @unchecked Sendable {
  private let lock = NSLock()
  private let report: (@Sendable (AttackProgress) -> Void)?
  private var progress: AttackProgress

  init(_ stage: String, total: Int, _ report: (@Sendable (AttackProgress) -> Void)?) {
    self.report = report
    progress = AttackProgress(stage: stage, done: 0, total: total, broken: 0)
  }

  func add(_ chunk: AttackResult) {
    guard let report else { return }
    report(
      lock.withLock {
        progress.done += chunk.count
        progress.broken += chunk.success.filter { $0 }.count
        return progress
      })
  }
}
