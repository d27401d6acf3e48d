import Reports
import Statistics
import Torch

/// The findings about predictions of several labels an example: how many labels are wrong, how many
/// examples have a wrong one, and how well scores rank.
public struct LabelFindings: Sendable {
  private let predictions: LabelPredictions
  private let seed: UInt64

  /// Findings about predictions; the seed is that of bootstrap intervals.
  public init(_ predictions: LabelPredictions, seed: UInt64) {
    self.predictions = predictions
    self.seed = seed
  }

  /// The share of wrong labels. Labels of one example are not independent, so the interval is over
  /// examples: their mean.
  public func labelError(id: String, title: String) throws -> Finding {
    var stream = RandomStream(seed: seed, purpose: "interval.\(id)")
    let shares = predictions.wrongShares
    let mean = try MeanEstimate(of: shares, using: &stream)
    return try Finding(
      id: id, title: title, value: mean.mean, interval: mean.interval?.clamped(to: 0...1),
      better: .lower,
      detail: """
        The mean share of wrong labels over \(shares.count) examples with \
        \(predictions.names.count) labels each.
        """)
  }

  /// The share of examples of which not all labels are right.
  public func exactMatchError(id: String, title: String) throws -> Finding {
    let rate = Proportion(predictions.isWrong)
    return try Finding(
      id: id, title: title, value: rate.rate, interval: try rate.wilson(), better: .lower,
      detail: "\(rate.successes) of \(rate.trials) examples have a wrong label.")
  }

  /// The mean area under the receiver operating characteristic over the labels that have one.
  public func rocArea(id: String, title: String) throws -> Finding {
    guard let area = predictions.rocArea else {
      return try Finding(
        id: id, title: title, value: nil, unit: "",
        detail: "It is not defined: \(predictions.reasonWithoutArea ?? "there is no label").")
    }
    let names = area.leftOut.map { predictions.names[$0] }
    let rest =
      names.isEmpty
      ? ""
      : " Left out, since all examples have the same value: \(names.joined(separator: ", "))."
    return try Finding(
      id: id, title: title, value: area.area, interval: try area.interval(), unit: "",
      detail: "The mean over \(area.labels.count) of \(predictions.names.count) labels.\(rest)")
  }
}
