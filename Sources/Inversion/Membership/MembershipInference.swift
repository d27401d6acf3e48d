import Datasets
import Foundation
import Networks
import Statistics
import Torch

/// Asks whether a model's answers give away which examples it was trained on: attacks by one answer, by shadow
/// models and by decisions alone, all on the same examples.
///
/// It is for the owner of the model, who knows the members and holds out others of the same distribution.
/// Others of another distribution would be told apart without any leak.
public struct MembershipInference: Sendable {
  /// The audited model.
  public let target: any Classifier
  /// Members first, then others: what shadow models are trained on halves of.
  public let pool: Dataset
  /// How many of the pool are members.
  public let memberCount: Int
  /// The share of members that the model classifies rightly.
  public let memberAccuracy: Proportion
  /// The share of others. The difference between the two is what overfitting gives away at the least.
  public let otherAccuracy: Proportion
  private let logits: Tensor
  private let bootstrap: Bootstrap
  private let rates: [Double]
  private let seed: UInt64

  /// Questions about a model.
  ///
  /// - Parameters:
  ///   - members: examples that it was trained on.
  ///   - others: examples of the same distribution that it was not trained on.
  ///   - rates: of false alarms.
  ///   - bootstrap: how intervals of rates are made.
  /// - Throws: ``InversionError/sharedImages(count:first:second:)`` when an example is in both;
  ///   ``InversionError/setting(name:value:allowed:)`` for data of other shapes or classes; what the model
  ///   throws.
  public init(
    of target: any Classifier, members: Dataset, others: Dataset,
    rates: [Double] = MembershipScores.standardRates,
    bootstrap: Bootstrap = Bootstrap(.percentile, resamples: 2000), seed: UInt64 = 0
  ) throws {
    guard members.targets == nil, others.targets == nil, members.vocabulary == nil,
      members.inputShape == others.inputShape, members.inputs.dtype == others.inputs.dtype,
      members.classNames == others.classNames
    else {
      throw InversionError.setting(
        name: "members and others", value: "\(members.name) and \(others.name)",
        allowed: "numbers of one shape and type with one class each of the same classes")
    }
    try IdentitySplit.checkImages([("the members", members), ("the others", others)])
    self.target = target
    memberCount = members.count
    pool = try Dataset(
      name: "\(members.name): members and others",
      inputs: Tensor.concatenated([members.inputs, others.inputs]),
      labels: Tensor.concatenated([members.labels, others.labels]),
      classNames: members.classNames, range: members.range)
    logits = try target.checkedLogits(of: pool.batch(Array(0..<pool.count)).inputs)
    try target.check(pool.labelValues)
    let right = zip(logits.argmax(along: 1).values(as: Int.self), pool.labelValues).map(==)
    memberAccuracy = Proportion(right.prefix(members.count))
    otherAccuracy = Proportion(right.dropFirst(members.count))
    self.bootstrap = bootstrap
    self.rates = rates
    self.seed = seed
  }

  /// An attack by a threshold on what one answer says.
  ///
  /// - Throws: ``InversionError``, `StatisticsError`.
  public func threshold(_ score: MembershipScore) throws -> MembershipScores {
    try result(
      "threshold on \(score.rawValue)", score.scores(of: logits, labels: pool.labelValues))
  }

  /// The likelihood ratio attack with shadow models of this pool.
  ///
  /// Offline and online attacks can use the same models: the offline one looks at those alone that were not
  /// trained on the example.
  ///
  /// - Throws: ``InversionError``, `StatisticsError`.
  public func likelihoodRatio(
    _ shadows: ShadowModels, form: LikelihoodRatio.Form = .online,
    spread: LikelihoodRatio.Spread = .automatic
  ) throws -> MembershipScores {
    let own = try MembershipScore.scaledConfidence.scores(of: logits, labels: pool.labelValues)
    let ratio = try shadows.ratio(of: own, form: form, spread: spread)
    return try result(
      "likelihood ratio, \(form.rawValue), \(shadows.isIn.count) shadow models", ratio.scores)
  }

  /// An attack by decisions alone.
  ///
  /// - Returns: the scores, and how many answers they took.
  /// - Throws: ``InversionError``, `PerturbationError`, `StatisticsError`, what the model throws.
  public func labelOnly(
    _ attack: LabelOnlyMembership, context: Context
  ) throws -> (scores: MembershipScores, queries: Int) {
    let found = try attack.scores(
      of: target, on: pool.batch(Array(0..<pool.count)), context: context)
    return (try result(attack.name, found.scores), found.queries)
  }

  private func result(_ name: String, _ scores: [Double]) throws -> MembershipScores {
    var stream = RandomStream(seed: seed, purpose: "interval.membership.\(name)")
    return try MembershipScores(
      name, members: Array(scores.prefix(memberCount)),
      others: Array(scores.dropFirst(memberCount)), rates: rates, bootstrap: bootstrap,
      using: &stream)
  }
}
