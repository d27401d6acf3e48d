import Torch

/// Runs attacks on all cores, with the same answer for any number of them.
///
/// Examples are cut into chunks of a fixed size, and workers take chunk after chunk. Random streams
/// depend on examples, not on chunks or workers.
public struct AttackEngine: Sendable {
  /// The number of examples a worker attacks at once.
  public let chunkSize: Int

  /// An engine.
  ///
  /// - Parameter chunkSize: small enough to stay in a core's cache, large enough that operators do
  ///   not spend their time on being called.
  public init(chunkSize: Int = 25) { self.chunkSize = max(1, chunkSize) }

  /// Attacks all examples.
  ///
  /// - Parameter progress: called after each chunk with the examples done and those broken so far,
  ///   from any worker.
  /// - Throws: what the attack throws, of the first chunk that failed.
  public func run(
    _ attack: any Attack, on target: Target, _ batch: Batch, within ball: Ball, context: Context,
    progress: (@Sendable (AttackResult) -> Void)? = nil
  ) throws -> AttackResult {
    guard batch.targets == nil else { throw PerturbationError.needsClasses(attack: attack.name) }
    try ball.validate(batch.inputs, indices: batch.indices)
    let chunks = chunks(of: batch, on: context.device)
    guard !chunks.isEmpty else {
      return try attack.run(on: target, batch, within: ball, context: context)
    }
    let results = try context.pool.map(chunks.count) { index in
      let result = try attempt {
        try attack.run(on: target, chunks[index], within: ball, context: context)
      }
      progress?(result)
      return result
    }
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
    stride(from: 0, to: batch.count, by: chunkSize).map { start in
      batch.slice(start..<min(start + chunkSize, batch.count), on: device)
    }
  }
}
