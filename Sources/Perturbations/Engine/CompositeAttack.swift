import Torch

/// An attack that is made of others, or that looks at all examples at once: it plans its own chunks.
public protocol CompositeAttack: Attack {
  /// Attacks all examples of an evaluation.
  ///
  /// - Parameters:
  ///   - engine: runs the parts on all workers.
  ///   - journal: where finished chunks are kept.
  ///   - progress: called after each chunk, from any worker.
  func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context, engine: AttackEngine,
    journal: AttackJournal?, progress: (@Sendable (AttackProgress) -> Void)?
  ) throws -> AttackResult
}

extension CompositeAttack {
  /// Attacks a batch, in chunks of the usual size.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try run(
      on: target, batch, within: ball, context: context, engine: AttackEngine(), journal: nil,
      progress: nil)
  }
}
