import Datasets
import Networks
import Statistics
import Torch

/// How well an encoder tells people apart, from all pairs of examples: the equal error rate, or the true
/// accept rate at a false match rate, with an interval by drawing identities (`VerificationScores`).
///
/// The threshold comes from the impostor pairs of the same examples, as is usual for a curve; where a
/// threshold is to be kept, take it from other people.
public struct VerificationRate: SetMeasure {
  /// What is read from the curve.
  public let reading: VerificationScores.Reading
  private let batchSize: Int
  private let resamples: Int

  /// A measure.
  public init(
    _ reading: VerificationScores.Reading = .equalErrorRate, batchSize: Int = 500,
    resamples: Int = 1000
  ) {
    self.reading = reading
    self.batchSize = max(1, batchSize)
    self.resamples = max(1, resamples)
  }

  /// `eer` or `tar_at_fmr`.
  public var name: String { isError ? "eer" : "tar_at_fmr" }
  /// The false match rate.
  public var radii: [Double] {
    if case .trueAcceptRate(let rate) = reading { [rate] } else { [] }
  }
  /// What it is.
  public var title: String {
    if case .trueAcceptRate(let rate) = reading {
      "True accept rate at a false match rate of \(rate)"
    } else {
      "Equal error rate"
    }
  }
  /// A share.
  public var unit: String { "rate" }
  /// Few errors, many accepted.
  public var isLowerBetter: Bool { isError }
  /// How it is measured.
  public var method: String {
    "Cosines of all pairs of embeddings; the interval draws identities with replacement."
  }

  private var isError: Bool { reading == .equalErrorRate }

  /// The rate.
  ///
  /// - Throws: `StatisticsError` without pairs of one identity or of two; what libtorch reports.
  public func estimate(
    of model: any Layer, on data: Dataset, context: Context
  ) throws -> SetEstimate {
    let scores = try VerificationScores(
      embeddings: data.embeddings(by: model, batchSize: batchSize), identities: data.labelValues)
    var stream = RandomStream(seed: context.seed, purpose: "interval.\(name)\(radii)")
    var remark = """
      \(scores.genuineCount) genuine and \(scores.impostorCount) impostor pairs of \
      \(scores.identityCount) identities.
      """
    if case .trueAcceptRate(let rate) = reading,
      let warning = try scores.threshold(atFalseMatchRate: rate).warning
    {
      remark += " Too few pairs: \(warning)."
    }
    return SetEstimate(
      value: scores.value(of: reading),
      interval: try scores.interval(
        of: reading, Bootstrap(resamples: resamples), using: &stream),
      count: scores.identityCount, remark: remark)
  }
}

extension VerificationRate {
  /// The true accept rate with options of a recipe.
  init(_ options: TermOptions) throws(TrainingError) {
    let rate = try options.number(
      "fmr", default: 0.01, in: .leastNonzeroMagnitude...1, "above 0 and at most 1")
    self.init(.trueAcceptRate(falseMatchRate: rate))
  }
}
