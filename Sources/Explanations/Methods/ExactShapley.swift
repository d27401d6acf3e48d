import Perturbations
import Torch

/// Shapley values of groups, from all their coalitions (Shapley, "A value for n-person games", 1953).
///
/// What a group adds to a coalition of k others counts `k! (M - k - 1)! / M!`. The values add up to the score
/// of the input less that of the baseline.
public struct ExactShapley: MaskedAttribution {
  /// The most groups of which all coalitions are asked about: 4096 of them.
  public static let groupLimit = 12

  /// Which features come and go together.
  public var groups: Grouping

  /// The method.
  public init(groups: Grouping = .grid(rows: 3, columns: 4)) { self.groups = groups }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "shapley", summary: "Exact Shapley values of up to \(groupLimit) groups.",
    kind: .perturbations, isSigned: true, cost: "2^groups forward passes",
    source: "Shapley, 1953")

  /// The settings.
  public static let options = [AttributionOption(grouping: \ExactShapley.groups)]

  var masks: Tensor? { nil }
  var needsBaselines: Bool { true }

  func maskCount(_ groupCount: Int) throws -> Int {
    guard groupCount <= Self.groupLimit else {
      throw ExplanationError.tooManyGroups(groupCount, limit: Self.groupLimit)
    }
    return 1 << groupCount
  }

  /// Coalition number n has the groups whose bits are set in n.
  func drawMasks(
    _ count: Int, groupCount: Int, _ example: Posed, _ context: Context
  ) -> Tensor {
    let bits = (0..<count).flatMap { number in (0..<groupCount).map { number >> $0 & 1 } }
    return Tensor(bits, shape: [count, groupCount]).to(.float64)
  }

  func values(_ scores: [Double], masks: Tensor, _ example: Posed) throws -> Tensor {
    let groupCount = masks.size(1)
    // 1 / (M choose k) / (M - k) is k! (M - k - 1)! / M!.
    var weights: [Double] = []
    var choices = 1.0
    for size in 0..<groupCount {
      weights.append(1 / (choices * Double(groupCount - size)))
      choices = choices * Double(groupCount - size) / Double(size + 1)
    }
    var values = [Double](repeating: 0, count: groupCount)
    for coalition in scores.indices {
      let weight = coalition.nonzeroBitCount
      for group in 0..<groupCount where coalition >> group & 1 == 0 {
        values[group] += weights[weight] * (scores[coalition | 1 << group] - scores[coalition])
      }
    }
    return Tensor(values)
  }

  func completenessError(_ values: Tensor, _ example: Posed) -> Double? {
    values.sum().item - (example.score - example.baselineScore)
  }
}
