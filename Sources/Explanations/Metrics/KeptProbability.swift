import Perturbations
import Torch

/// The probability of the explained class before and after every place keeps what the map says of it.
///
/// The map of an example is brought to [0, 1], its least value to 0 and its largest to 1, and the input is
/// multiplied with it: `b + (x - b) m`, with the question's baseline b. A constant map keeps nothing.
struct KeptProbability: Sendable {
  /// Of the untouched input.
  let before: Double
  /// Of what the map keeps.
  let after: Double

  /// Both numbers for every example.
  static func measure(
    _ result: AttributionResult, _ batch: Batch, _ question: Question, context: Context
  ) throws -> [KeptProbability] {
    let places = Places(Array(batch.inputs.shape.dropFirst()))
    let importances = places.importances(result.maps)
    guard importances.size(1) == places.count else {
      throw ExplanationError.shape(
        name: "maps", shape: result.maps.shape, expected: "as large as the inputs")
    }
    var asked = question
    asked.scale = .probabilities
    let size = max(1, question.batchCap / 2)
    let ranges = stride(from: 0, to: batch.count, by: size).map {
      $0..<min($0 + size, batch.count)
    }
    let classes = result.classes
    return try Work(question: asked, context: context).numbers(ranges.count) { [asked] number in
      let range = ranges[number]
      let chunk = batch.slice(range, on: context.device)
      let labels = Tensor(Array(classes[range])).to(chunk.inputs.device)
      let kept = places.blend(
        chunk.inputs, asked.baseline.values(for: chunk.inputs),
        keeping: shares(importances[range]).to(chunk.inputs.device))
      let before = try asked.scores(of: chunk.inputs, labels, chunk.outputs)
      let after = try asked.scores(of: kept, labels, chunk.outputs)
      return zip(before.values(as: Double.self), after.values(as: Double.self)).map {
        KeptProbability(before: $0, after: $1)
      }
    }.flatMap { $0 }
  }

  /// Every row `[R, P]` brought to [0, 1].
  private static func shares(_ values: Tensor) -> Tensor {
    let least = values.min(along: 1).unsqueezed(1)
    let width = values.max(along: 1).unsqueezed(1) - least
    let isFlat = width.equal(to: 0)
    return ((values - least) / width).where(isFlat.not(), else: 0)
  }
}
