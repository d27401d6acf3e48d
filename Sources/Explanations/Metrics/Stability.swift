import Perturbations
import Torch

/// How far explanations move when a little noise is added to the input, on average; the class that is
/// explained stays the same (xplique's AverageStability).
///
/// Noise is drawn uniformly from 0 to the reach, once for all examples.
public struct Stability: ExplanationMetric {
  /// How many noises.
  public var samples: Int
  /// The largest noise, in the data's own units.
  public var reach: Double
  /// How the distance is measured.
  public var distance: ExplanationDistance
  /// Noises that are used as they are, `[S, …]`; drawn when `nil`.
  public var noise: Tensor?

  /// A metric.
  public init(
    samples: Int = 20, reach: Double = 0.1, distance: ExplanationDistance = .euclidean,
    noise: Tensor? = nil
  ) {
    self.samples = samples
    self.reach = reach
    self.distance = distance
    self.noise = noise
  }

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: distance == .euclidean ? "stability" : "stability-spearman",
      summary: "How far the map moves under a little noise, in \(distance.rawValue) distance.",
      isHigherBetter: false, cost: "samples explanations",
      source: "Bhatt et al., IJCAI 2020; Yeh et al., NeurIPS 2019")
  }

  /// The mean distance for every example, over noises for which it is defined.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    let shape = Array(batch.inputs.shape.dropFirst())
    let noise =
      noise
      ?? Tensor.uniform(
        [samples] + shape, in: 0...reach,
        using: Generator(seed: context.seed, purpose: "stability.noise"))
    let asked = question.about(result.classes, of: batch)
    let before = result.importances(for: shape)
    var sums = [Double](repeating: 0, count: batch.count)
    var counts = sums
    for number in 0..<noise.size(0) {
      let moved = batch.inputs + noise[number].to(batch.inputs.dtype)
      let after = try method.attribute(batch.replacing(inputs: moved), asked, context: context)
      for (row, value) in distance(before, after.importances(for: shape)).enumerated()
      where value.isFinite {
        sums[row] += value
        counts[row] += 1
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan }
  }
}
