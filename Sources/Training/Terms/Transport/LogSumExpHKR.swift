import Foundation
import Torch

/// hKR for three classes and more, in which all wrong classes together count as their smooth maximum.
///
/// With scores f times a temperature T, `t = ln(K - 1) / (p · m)` and `f̂ = ln(Σ_{k ≠ y} exp(t fₖ)) / t`, the
/// loss is the mean of `wₕ ((m - f_y)₊ + (m + f̂)₊) - wₖ (f_y - f̂)`. The penalty p says how far
/// above the largest wrong score f̂ may lie, in margins. For two classes t would be zero: they have the
/// hKR of one function in its place (``HKR``).
public struct LogSumExpHKR: Term {
  private let weights: HingeRegularisation
  private let temperature: Double
  private let penalty: Double

  /// The term.
  ///
  /// - Parameters:
  ///   - weights: with a margin above 0.
  ///   - temperature: T, positive: what scores are multiplied with.
  ///   - penalty: p, positive.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(
    _ weights: HingeRegularisation, temperature: Double = 1, penalty: Double = 1
  ) throws(TrainingError) {
    for (name, value) in [
      ("temperature", temperature), ("penalty", penalty), ("margin", weights.margin),
    ] where !(value > 0 && value.isFinite) {
      throw .setting(name: "\(Self.name).\(name)", value: "\(value)", allowed: "positive")
    }
    self.weights = weights
    self.temperature = temperature
    self.penalty = penalty
  }

  /// It can be as negative as the classes are far apart.
  public var isBoundedBelowByZero: Bool { false }
  /// The same for labels.
  public var alternative: String { "use hkr in its place, which has a loss for every label" }

  /// The mean over the batch.
  public func value(in step: StepContext) -> Tensor {
    let count = step.logits.size(1)
    guard count > 2 else {
      return SignedScores(step.logits, of: step.batch).multiplied(by: temperature).loss(weights)
    }
    let sharpness = log(Double(count - 1)) / (weights.margin * penalty)
    return loss(
      SignedScores(logits: step.logits * temperature, classes: step.batch.labels), sharpness)
  }

  private func loss(_ functions: SignedScores, _ sharpness: Double) -> Tensor {
    let isOwn = functions.signs.greater(than: 0)
    let own = functions.scores.filled(where: isOwn.not(), with: 0).sum(along: 1)
    let others =
      (functions.scores * sharpness).filled(where: isOwn, with: -.infinity)
      .logSumExp(along: 1) * (1 / sharpness)
    let hinge = (weights.margin - own).relu() + (weights.margin + others).relu()
    return (hinge * weights.hingeWeight - (own - others) * weights.transportWeight).mean()
  }
}

extension LogSumExpHKR: RegisteredTerm {
  static let name = "lse-hkr"
  static let options = HingeRegularisation.options + ["temperature", "penalty"]

  init(_ options: TermOptions) throws(TrainingError) {
    try self.init(
      try HingeRegularisation(options), temperature: try options.positive("temperature") ?? 1,
      penalty: try options.positive("penalty") ?? 1)
  }
}
