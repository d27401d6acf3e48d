import Perturbations
import Torch

/// How badly the map predicts what the score loses under random perturbations: the mean of
/// `(I·φ - (f(x) - f(x - I)))²` (Yeh et al., "On the (in)fidelity and sensitivity of explanations", NeurIPS
/// 2019, definition 2.1).
public struct Infidelity: ExplanationMetric {
  /// How many perturbations.
  public var samples: Int
  /// The standard deviation of normal perturbations, in the data's own units.
  public var deviation: Double
  /// Whether the map is first scaled as suits it best, so that its unit does not matter.
  public var isScaled: Bool
  /// Perturbations that are used as they are, `[S, …]`, the same for all examples; drawn when `nil`.
  public var noise: Tensor?

  /// A metric.
  public init(
    samples: Int = 50, deviation: Double = 0.2, isScaled: Bool = true, noise: Tensor? = nil
  ) {
    self.samples = samples
    self.deviation = deviation
    self.isScaled = isScaled
    self.noise = noise
  }

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: "infidelity", summary: "How badly the map predicts what noise costs the score.",
      isHigherBetter: false, cost: "samples + 1 forward passes",
      source: "Yeh et al., NeurIPS 2019, definition 2.1")
  }

  /// The mean squared error for every example.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    let shape = Array(batch.inputs.shape.dropFirst())
    let asked = question.about(result.classes, of: batch)
    let work = Work(question: asked, context: context)
    let posed = try work.posed(batch, needsBaselines: false)
    let isWhole = result.maps.rank == batch.inputs.rank
    // What a map says of a place it says of all its channels together.
    let maps = isWhole ? result.maps : result.maps.unsqueezed(1) / Double(shape[0])
    return try work.numbers(posed.count) { row in
      let example = posed[row]
      let map = maps[row..<row + 1].to(.float64)
      var (predicted, lost): ([Double], [Double]) = ([], [])
      let count = noise?.size(0) ?? samples
      for start in stride(from: 0, to: count, by: max(1, asked.batchCap)) {
        let range = start..<min(start + max(1, asked.batchCap), count)
        let moves = noise.map { $0[range] } ?? drawn(range, example, shape, context)
        predicted += (moves.to(.float64) * map).flattened(from: 1).sum(along: 1).values()
        let rows = example.input - moves.to(example.input.dtype).to(example.input.device)
        lost += try example.scores(rows, asked).values(as: Double.self).map { example.score - $0 }
      }
      return error(predicted, lost)
    }
  }

  private func error(_ predicted: [Double], _ lost: [Double]) -> Double {
    let product = zip(predicted, lost).reduce(0) { $0 + $1.0 * $1.1 }
    let square = predicted.reduce(0) { $0 + $1 * $1 }
    let factor = isScaled ? (square > 0 ? product / square : 0) : 1
    let errors = zip(predicted, lost).map { ($0 * factor - $1) * ($0 * factor - $1) }
    return errors.reduce(0, +) / Double(errors.count)
  }

  private func drawn(
    _ range: Range<Int>, _ example: Posed, _ shape: [Int], _ context: Context
  ) -> Tensor {
    Tensor.stacked(
      range.map { number in
        Tensor.normal(
          shape,
          using: Generator(
            seed: context.seed, purpose: "infidelity.\(number)", index: UInt64(example.index)))
      }) * deviation
  }
}
