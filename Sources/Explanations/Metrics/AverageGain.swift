import Perturbations
import Torch

/// The share of the probability still missing that is gained where the input keeps only what the map says, 0
/// where it falls: `max(0, q - p) / (1 - p)` (Zhang et al., "Opti-CAM: optimizing saliency maps for
/// interpretability", 2023), the counterpart of ``AverageDrop``.
///
/// The map is brought to [0, 1] and multiplied with the input, all channels together; absent places have the
/// question's baseline.
public struct AverageGain: ExplanationMetric {
  /// A metric.
  public init() {}

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: "average-gain",
      summary: "The share of the missing probability that is gained where only the map is kept.",
      isHigherBetter: true, cost: "2 forward passes", source: "Zhang et al., 2023")
  }

  /// The share for every example, of which the mean is the average gain; 0 where nothing is left to gain.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    try KeptProbability.measure(result, batch, question, context: context).map {
      $0.before < 1 ? max(0, $0.after - $0.before) / (1 - $0.before) : 0
    }
  }
}
