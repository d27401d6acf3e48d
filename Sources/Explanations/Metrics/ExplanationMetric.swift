import Perturbations
import Torch

/// A number that says what an explanation of an example is worth.
///
/// To add a metric, write it in a file of its own and name it in ``ExplanationMetrics/all``.
public protocol ExplanationMetric: Sendable {
  /// What commands and pages say of it.
  var about: MetricDescription { get }
  /// Measures explanations, on all workers of the context.
  ///
  /// - Parameters:
  ///   - result: the explanations, of the examples of `batch` in their order.
  ///   - method: what made them.
  ///   - question: what was asked.
  /// - Returns: one number an example; not a number where nothing could be measured.
  /// - Throws: ``ExplanationError``, or what the model throws.
  func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double]
}

/// What commands and pages say of a metric.
public struct MetricDescription: Sendable, Hashable {
  /// The name in ids and on the command line, such as `mu-fidelity`.
  public var name: String
  /// One sentence for people.
  public var summary: String
  /// Whether higher numbers are better; `nil` where neither is.
  public var isHigherBetter: Bool?
  /// What an example costs.
  public var cost: String
  /// The paper.
  public var source: String
}

/// The metrics there are, by name.
public enum ExplanationMetrics {
  /// What `touchstone explain --metric NAME` finds: one line a metric.
  public static let all: [any ExplanationMetric] = [
    DeletionInsertion(.deletion),
    DeletionInsertion(.insertion),
    DeletionInsertion(.deletion, scale: .probabilities),
    DeletionInsertion(.insertion, scale: .probabilities),
    MuFidelity(),
    MuFidelity(absence: .uniform(0...1)),
    Stability(distance: .euclidean),
    Stability(distance: .spearman),
    Sensitivity(),
    Infidelity(),
    Complexity(.gini),
    Complexity(.entropy),
    CompressedSize(),
    AverageDrop(),
    AverageIncrease(),
    AverageGain(),
  ]

  /// The metric with a name.
  ///
  /// - Throws: ``ExplanationError/unknownMetric(_:known:)``.
  public static func named(_ name: String) throws(ExplanationError) -> any ExplanationMetric {
    guard let metric = all.first(where: { $0.about.name == name.lowercased() }) else {
      throw .unknownMetric(name, known: all.map(\.about.name))
    }
    return metric
  }
}
