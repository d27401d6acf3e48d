import Datasets
import Foundation
import Networks
import Torch

/// Models that are trained as the target was, each on a random half of the examples that are asked about, and
/// what they say of all of them.
///
/// Halves come in pairs that complement each other, so that every example is in exactly half of the models.
public struct ShadowModels: Sendable, Equatable {
  /// Whether each model was trained on each example, S lists of N.
  public let isIn: [[Bool]]
  /// The scaled confidence of each example by each model, S lists of N.
  public let scores: [[Double]]

  /// Models that were trained elsewhere.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``.
  public init(isIn: [[Bool]], scores: [[Double]]) throws(InversionError) {
    guard isIn.map(\.count) == scores.map(\.count) else {
      throw .counts(
        first: "scores", count: scores.map(\.count).reduce(0, +), second: "memberships",
        otherCount: isIn.map(\.count).reduce(0, +))
    }
    self.isIn = isIn
    self.scores = scores
  }

  /// Who is in the training sets of some models.
  ///
  /// - Parameters:
  ///   - models: S, even.
  ///   - examples: N, at least 2.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``, ``InversionError/tooFew(_:count:least:)``.
  public static func halves(
    models: Int, examples: Int, seed: UInt64
  ) throws(InversionError) -> [[Bool]] {
    guard models >= 2, models % 2 == 0 else {
      throw .setting(name: "shadow models", value: "\(models)", allowed: "even and at least 2")
    }
    guard examples >= 2 else { throw .tooFew("examples", count: examples, least: 2) }
    return (0..<models / 2).flatMap { pair in
      var stream = RandomStream(seed: seed, purpose: "membership.halves", index: UInt64(pair))
      let chosen = Set(stream.permutation(of: examples).prefix(examples / 2))
      let first = (0..<examples).map(chosen.contains)
      return [first, first.map(!)]
    }
  }

  /// Trains models, each on a worker of its own.
  ///
  /// - Parameters:
  ///   - models: S, even; 16 for a look, 64 and more for rates at low false alarms.
  ///   - pool: the examples that are asked about, members of the target's training set and others, with their
  ///     classes.
  ///   - training: as the target was trained.
  ///   - folder: where each model has a folder of its own, so that a run that was killed goes on; none are kept
  ///     when `nil`.
  ///   - identity: what tells models in that folder from others, beside their number, seed and examples.
  ///   - progress: called with the number of each finished model, from any worker.
  /// - Throws: ``InversionError``, what training throws.
  public static func trained(
    _ models: Int, on pool: Dataset, by training: NetworkTraining, folder: URL? = nil,
    identity: String = "", context: Context, progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> ShadowModels {
    let isIn = try halves(models: models, examples: pool.count, seed: context.seed)
    let labels = pool.labelValues
    let print = try pool.fingerprint()
    let scores = try context.pool.map(models) { model in
      let own = try pool.subset(isIn[model].indices.filter { isIn[model][$0] })
      var stream = RandomStream(
        seed: context.seed, purpose: "membership.shadow", index: UInt64(model))
      let network = try training.trained(
        on: own, seed: stream.next(), folder: folder?.appending(path: "shadow-\(model)"),
        identity: "shadow \(model) of \(models), seed \(context.seed), \(print)\(identity)")
      let logits = try network.checkedLogits(of: pool.batch(Array(0..<pool.count)).inputs)
      progress?(model)
      return try MembershipScore.scaledConfidence.scores(of: logits, labels: labels)
    }
    return try ShadowModels(isIn: isIn, scores: scores)
  }

  /// The likelihood ratio of a target's confidences.
  ///
  /// - Throws: ``InversionError``.
  public func ratio(
    of target: [Double], form: LikelihoodRatio.Form = .online,
    spread: LikelihoodRatio.Spread = .automatic
  ) throws(InversionError) -> LikelihoodRatio {
    try LikelihoodRatio(
      target: target, shadows: scores, isIn: isIn, form: form, spread: spread)
  }
}
