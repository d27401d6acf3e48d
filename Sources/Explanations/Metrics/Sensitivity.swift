import Perturbations
import Torch

/// The largest relative change of the map among some small moves of the input (Yeh et al., "On the
/// (in)fidelity and sensitivity of explanations", NeurIPS 2019, definition 3.1).
public struct Sensitivity: ExplanationMetric {
  /// How many moves.
  public var samples: Int
  /// The largest move of a feature, in the data's own units.
  public var reach: Double
  /// Moves that are used as they are, `[S, …]`, the same for all examples; drawn when `nil`.
  public var noise: Tensor?

  /// A metric, with captum's 10 moves of up to 0.02.
  public init(samples: Int = 10, reach: Double = 0.02, noise: Tensor? = nil) {
    self.samples = samples
    self.reach = reach
    self.noise = noise
  }

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: "sensitivity", summary: "The largest relative change of the map under small moves.",
      isHigherBetter: false, cost: "samples explanations",
      source: "Yeh et al., NeurIPS 2019, definition 3.1")
  }

  /// The largest change for every example.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    let shape = Array(batch.inputs.shape.dropFirst())
    let asked = question.about(result.classes, of: batch)
    let before = result.maps.flattened(from: 1).to(.float64)
    let lengths = before.norm(along: [1])
    var largest = [Double](repeating: 0, count: batch.count)
    for number in 0..<(noise?.size(0) ?? samples) {
      let move = noise.map { $0[number] } ?? drawn(number, batch, shape, context)
      let moved = batch.inputs + move.to(batch.inputs.dtype).to(batch.inputs.device)
      let after = try method.attribute(batch.replacing(inputs: moved), asked, context: context)
      let change = (after.maps.flattened(from: 1).to(.float64) - before).norm(along: [1]) / lengths
      largest = zip(largest, change.values(as: Double.self)).map { $1.isNaN ? $1 : max($0, $1) }
    }
    return largest
  }

  private func drawn(
    _ number: Int, _ batch: Batch, _ shape: [Int], _ context: Context
  ) -> Tensor {
    Tensor.stacked(
      batch.indices.map { index in
        Tensor.uniform(
          shape, in: -reach...reach,
          using: Generator(
            seed: context.seed, purpose: "sensitivity.\(number)", index: UInt64(index)))
      })
  }
}
