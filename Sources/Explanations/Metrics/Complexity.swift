import Foundation
import Perturbations
import Torch

/// How many places a map needs to say what it says.
public struct Complexity: ExplanationMetric {
  /// How it is counted.
  public enum Kind: String, Sendable, CaseIterable {
    /// Gini's coefficient of the sizes: 0 when all places count the same, nearly 1 for a single one
    /// (Chalasani et al., "Concise explanations of neural networks using adversarial training", ICML 2020).
    case gini
    /// The entropy in nats of sizes as shares of their sum: the logarithm of the number of places when all
    /// count the same, 0 for a single one (Bhatt et al., IJCAI 2020).
    case entropy
  }

  /// How it is counted.
  public var kind: Kind

  /// A metric.
  public init(_ kind: Kind) { self.kind = kind }

  /// What pages say.
  public var about: MetricDescription {
    switch kind {
    case .gini:
      MetricDescription(
        name: "sparseness", summary: "Gini's coefficient of the map: high for few places.",
        isHigherBetter: true, cost: "nothing", source: "Chalasani et al., ICML 2020")
    case .entropy:
      MetricDescription(
        name: "complexity", summary: "The entropy of the map in nats: low for few places.",
        isHigherBetter: false, cost: "nothing", source: "Bhatt et al., IJCAI 2020")
    }
  }

  /// The number for every example; not a number for maps of zeros.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    let maps = result.importances(for: Array(batch.inputs.shape.dropFirst()))
    return (0..<maps.size(0)).map { value(maps[$0].abs().values(as: Double.self)) }
  }

  func value(_ sizes: [Double]) -> Double {
    let total = sizes.reduce(0, +)
    guard total > 0, total.isFinite else { return .nan }
    switch kind {
    case .entropy:
      return -sizes.reduce(0) { $1 > 0 ? $0 + $1 / total * log($1 / total) : $0 }
    case .gini:
      let count = Double(sizes.count)
      let weighted = sizes.sorted().enumerated().reduce(0) { sum, item in
        sum + item.element / total * (count - Double(item.offset) - 0.5) / count
      }
      return 1 - 2 * weighted
    }
  }
}
