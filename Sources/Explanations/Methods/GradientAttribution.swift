import Perturbations
import Torch

/// An attribution made of one gradient an example.
protocol GradientAttribution: Attribution {
  /// Maps from inputs and gradients, `[N, …]` each.
  func map(_ inputs: Tensor, _ gradient: Tensor) -> Tensor
}

extension GradientAttribution {
  /// Explains the answers to some examples.
  public func attribute(
    _ batch: Batch, _ question: Question, context: Context
  ) throws -> AttributionResult {
    try validate()
    try question.validate(batch)
    let parts = try Work(question: question, context: context).chunks(batch, reports: true) {
      chunk in
      let found = try question.slopes(chunk)
      return ChunkMaps(
        maps: question.reduction(map(chunk.inputs, found.gradient)), classes: found.classes,
        scores: found.scores)
    }
    return ChunkMaps.result(parts, of: self, batch, question, context)
  }
}

/// The maps of a chunk of examples.
struct ChunkMaps: Sendable {
  let maps: Tensor
  let classes: Tensor
  let scores: Tensor

  /// What came of all chunks, at one forward and one backward pass an example.
  static func result(
    _ parts: [ChunkMaps], of method: any Attribution, _ batch: Batch, _ question: Question,
    _ context: Context
  ) -> AttributionResult {
    AttributionResult(
      method: method.name, settings: method.settings, indices: batch.indices,
      classes: parts.flatMap { $0.classes.values(as: Int.self) },
      scores: parts.flatMap { $0.scores.values(as: Double.self) },
      maps: parts.isEmpty ? Tensor.zeros(batch.inputs.shape) : .concatenated(parts.map(\.maps)),
      completenessErrors: nil, forwardPasses: 1, backwardPasses: 1, scale: question.scale,
      reduction: question.reduction, baseline: question.baseline.text, seed: context.seed)
  }
}
