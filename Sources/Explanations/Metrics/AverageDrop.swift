import Perturbations
import Torch

/// The share of the class's probability that is lost where the input keeps only what the map says, 0 where it
/// rises: `max(0, p - q) / p` (Chattopadhay et al., "Grad-CAM++", WACV 2018, section 4.1).
///
/// The map is brought to [0, 1] and multiplied with the input, all channels together; absent places have the
/// question's baseline.
public struct AverageDrop: ExplanationMetric {
  /// A metric.
  public init() {}

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: "average-drop",
      summary: "The share of the probability that is lost where only the map is kept.",
      isHigherBetter: false, cost: "2 forward passes", source: "Chattopadhay et al., WACV 2018")
  }

  /// The share for every example, of which the mean is the average drop.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    try KeptProbability.measure(result, batch, question, context: context).map {
      $0.before > 0 ? max(0, $0.before - $0.after) / $0.before : .nan
    }
  }
}
