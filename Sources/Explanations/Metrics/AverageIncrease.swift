import Perturbations
import Torch

/// 1 where the class's probability is higher once the input keeps only what the map says, else 0
/// (Chattopadhay et al., "Grad-CAM++", WACV 2018, section 4.1: the increase in confidence).
///
/// The map is brought to [0, 1] and multiplied with the input, all channels together; absent places have the
/// question's baseline.
public struct AverageIncrease: ExplanationMetric {
  /// A metric.
  public init() {}

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: "average-increase",
      summary: "Whether the probability rises where only the map is kept.",
      isHigherBetter: true, cost: "2 forward passes", source: "Chattopadhay et al., WACV 2018")
  }

  /// 1 or 0 for every example, of which the mean is the share of examples.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    try KeptProbability.measure(result, batch, question, context: context).map {
      $0.after > $0.before ? 1 : 0
    }
  }
}
