import Foundation
import Torch

/// What a single answer of a classifier says about whether it was trained on an example: the more the
/// likelier. Attacks by a threshold on one of these need no other models.
public enum MembershipScore: String, Sendable, CaseIterable, Codable {
  /// The largest probability, whatever the class (Salem et al., NDSS 2019).
  case confidence
  /// Minus the cross-entropy with the true class (Yeom et al., CSF 2018).
  case loss
  /// Minus the entropy of the prediction (Salem et al., NDSS 2019; Song and Mittal, USENIX Security 2021).
  case entropy
  /// Minus the modified entropy `-(1 - p_y) ln p_y - Σ_{i≠y} p_i ln(1 - p_i)`, which is small only for
  /// predictions that are sure and right (Song and Mittal, USENIX Security 2021, equation 8).
  case modifiedEntropy = "modified-entropy"
  /// `ln p_y - ln(1 - p_y)`, which is nearly normal over models (Carlini et al., IEEE S&P 2022, equation 6).
  case scaledConfidence = "scaled-confidence"

  /// The score of each example.
  ///
  /// All are computed from logarithms of probabilities, so that very sure predictions still differ.
  ///
  /// - Parameters:
  ///   - logits: `[N, K]`, at least two classes.
  ///   - labels: the true classes.
  /// - Throws: ``InversionError`` for other shapes, labels out of range and logits that are not numbers.
  public func scores(of logits: Tensor, labels: [Int]) throws(InversionError) -> [Double] {
    guard logits.rank == 2, logits.size(0) == labels.count else {
      throw .counts(
        first: "rows of logits", count: logits.shape.first ?? 0, second: "labels",
        otherCount: labels.count)
    }
    let classes = logits.size(1)
    guard classes >= 2 else { throw .tooFew("classes", count: classes, least: 2) }
    if let label = labels.first(where: { !(0..<classes ~= $0) }) {
      throw .setting(name: "label", value: "\(label)", allowed: "from 0 to \(classes - 1)")
    }
    let values = logits.detached().to(.float64).contiguous().values(as: Double.self)
    var scores: [Double] = []
    for (index, label) in labels.enumerated() {
      let row = values[index * classes..<(index + 1) * classes]
      guard row.allSatisfy(\.isFinite) else {
        throw .notFinite(encoder: "the classifier", index: index)
      }
      scores.append(score(Prediction(Array(row)), label))
    }
    return scores
  }

  private func score(_ prediction: Prediction, _ label: Int) -> Double {
    let (log, rest) = (prediction.logarithms, prediction.complements)
    switch self {
    case .confidence: return log.max() ?? 0
    case .loss: return log[label]
    case .entropy: return log.reduce(0) { $0 + exp($1) * $1 }
    case .modifiedEntropy:
      return log.indices.reduce(exp(rest[label]) * log[label]) {
        $1 == label ? $0 : $0 + exp(log[$1]) * rest[$1]
      }
    case .scaledConfidence: return log[label] - rest[label]
    }
  }

  /// The logarithms of probabilities and of what they lack to 1.
  private struct Prediction {
    let logarithms: [Double]
    let complements: [Double]

    init(_ logits: [Double]) {
      let total = Self.logSumExp(logits)
      logarithms = logits.map { $0 - total }
      let likeliest = logits.indices.max { logits[$0] < logits[$1] } ?? 0
      complements = logits.indices.map { place in
        // 1 - p loses all digits for a p near 1, which only one class can have.
        guard place == likeliest else { return log1p(-exp(logits[place] - total)) }
        var others = logits
        others.remove(at: place)
        return Self.logSumExp(others) - total
      }
    }

    private static func logSumExp(_ values: [Double]) -> Double {
      let largest = values.max() ?? 0
      return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
    }
  }
}
