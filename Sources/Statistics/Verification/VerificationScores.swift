import Foundation

/// How alike pairs of samples are, such as pictures of faces, and what follows for a system that accepts a
/// pair as one person from some score on.
///
/// A pair of one identity is genuine, one of two is an impostor pair. The false match rate (FMR) of a
/// threshold is the share of impostor pairs that reach it, the true accept rate (TAR) that of genuine pairs
/// (ISO/IEC 19795-1).
public struct VerificationScores: Sendable {
  /// A score of two samples.
  public struct Pair: Sendable, Hashable {
    /// How alike they are; more is more alike.
    public let score: Double
    /// Whose the first sample is.
    public let first: Int
    /// Whose the second sample is.
    public let second: Int

    /// A score of samples of two identities, which may be the same.
    public init(score: Double, first: Int, second: Int) {
      self.score = score
      self.first = first
      self.second = second
    }

    /// Whether both samples are of one identity.
    public var isGenuine: Bool { first == second }
  }

  /// A threshold and the rates there.
  public struct OperatingPoint: Sendable, Hashable {
    /// From which score on pairs are accepted; infinite where none is.
    public let threshold: Double
    /// The share of impostor pairs that are accepted.
    public let falseMatchRate: Double
    /// The share of genuine pairs that are accepted.
    public let trueAcceptRate: Double
  }

  /// Pairs by falling score, with identities numbered from 0.
  let pairs: [Pair]
  /// How many pairs are of one identity.
  public let genuineCount: Int
  /// How many pairs are of two identities.
  public let impostorCount: Int
  /// How many identities there are in all pairs together.
  public let identityCount: Int

  /// Scores of pairs.
  ///
  /// - Throws: `StatisticsError` when a score is not a number, or when there is no genuine or no impostor
  ///   pair.
  public init(_ pairs: [Pair]) throws(StatisticsError) {
    if let index = pairs.firstIndex(where: { $0.score.isNaN }) {
      throw .entry(list: "scores", index: index, value: pairs[index].score, range: "a number")
    }
    genuineCount = pairs.count(where: \.isGenuine)
    impostorCount = pairs.count - genuineCount
    for (list, count) in [("genuine pairs", genuineCount), ("impostor pairs", impostorCount)]
    where count == 0 {
      throw .tooFew(list: list, count: 0, least: 1)
    }
    var places: [Int: Int] = [:]
    for identity in Set(pairs.flatMap { [$0.first, $0.second] }).sorted() {
      places[identity] = places.count
    }
    identityCount = places.count
    self.pairs = pairs.map {
      Pair(score: $0.score, first: places[$0.first] ?? 0, second: places[$0.second] ?? 0)
    }.sorted { $0.score > $1.score }
  }

  /// The receiver operating characteristic: a point for no pair at all, then one for every score that
  /// occurs, from the largest on.
  public var curve: [OperatingPoint] {
    var points = [OperatingPoint(threshold: .infinity, falseMatchRate: 0, trueAcceptRate: 0)]
    _ = sweep(weights: nil) {
      points.append($0)
      return true
    }
    return points
  }

  /// The rates at a threshold; pairs of that very score are accepted.
  public func rates(at threshold: Double) -> OperatingPoint {
    var (genuine, impostor) = (0, 0)
    for pair in pairs.prefix(while: { $0.score >= threshold }) {
      if pair.isGenuine { genuine += 1 } else { impostor += 1 }
    }
    return OperatingPoint(
      threshold: threshold, falseMatchRate: Double(impostor) / Double(impostorCount),
      trueAcceptRate: Double(genuine) / Double(genuineCount))
  }

  /// The rate at which as many impostors are accepted as genuine pairs are refused (EER).
  ///
  /// Between two neighbouring points of the curve, which pairs of equal score make one step, the rates are
  /// those of a system that decides by lot between them: the curve is a polygon, and the EER is where it
  /// meets `TAR = 1 - FMR`.
  public var equalErrorRate: Double { equalErrorRate(weights: nil) }

  /// The share of genuine pairs that are accepted at the lowest threshold at which no more than a share of
  /// the impostor pairs are.
  ///
  /// - Parameter rate: the false match rate, in [0, 1].
  public func trueAcceptRate(atFalseMatchRate rate: Double) -> Double {
    trueAcceptRate(atFalseMatchRate: rate, weights: nil)
  }

  /// The lowest threshold at which no more than a share of the impostor pairs are accepted.
  ///
  /// - Parameter rate: the false match rate, above 0 and at most 1.
  /// - Throws: `StatisticsError` for another rate.
  public func threshold(
    atFalseMatchRate rate: Double
  ) throws(StatisticsError) -> VerificationThreshold {
    try VerificationThreshold(
      impostorScores: pairs.filter { !$0.isGenuine }.map(\.score), falseMatchRate: rate)
  }

  // MARK: With identities weighted

  func equalErrorRate(weights: [Double]?) -> Double {
    var last = OperatingPoint(threshold: .infinity, falseMatchRate: 0, trueAcceptRate: 0)
    var rate = Double.nan
    let isWhole = sweep(weights: weights) { point in
      let gap = (
        before: 1 - last.trueAcceptRate - last.falseMatchRate,
        after: 1 - point.trueAcceptRate - point.falseMatchRate
      )
      if gap.after <= 0 {
        let share = gap.before == gap.after ? 0 : gap.before / (gap.before - gap.after)
        rate = last.falseMatchRate + share * (point.falseMatchRate - last.falseMatchRate)
        return false
      }
      last = point
      return true
    }
    return isWhole ? rate : .nan
  }

  func trueAcceptRate(atFalseMatchRate rate: Double, weights: [Double]?) -> Double {
    var accepted = 0.0
    let isWhole = sweep(weights: weights) { point in
      // A share such as 0.1 of 30 may land a hair below the whole number that it means.
      guard point.falseMatchRate <= rate + 1e-12 else { return false }
      accepted = point.trueAcceptRate
      return true
    }
    return isWhole ? accepted : .nan
  }

  /// Visits the operating points by falling threshold, until the visitor has seen enough.
  ///
  /// - Parameter weights: how often each identity counts; an impostor pair counts by the product of both.
  /// - Returns: whether there are genuine and impostor pairs of any weight.
  private func sweep(
    weights: [Double]?, _ visit: (OperatingPoint) -> Bool
  ) -> Bool {
    func weight(_ pair: Pair) -> Double {
      guard let weights else { return 1 }
      return pair.isGenuine ? weights[pair.first] : weights[pair.first] * weights[pair.second]
    }
    var totals = (genuine: 0.0, impostor: 0.0)
    for pair in pairs {
      if pair.isGenuine { totals.genuine += weight(pair) } else { totals.impostor += weight(pair) }
    }
    guard totals.genuine > 0, totals.impostor > 0 else { return false }
    var (genuine, impostor) = (0.0, 0.0)
    for (index, pair) in pairs.enumerated() {
      if pair.isGenuine { genuine += weight(pair) } else { impostor += weight(pair) }
      let isLastOfScore = index + 1 == pairs.count || pairs[index + 1].score != pair.score
      guard isLastOfScore else { continue }
      let point = OperatingPoint(
        threshold: pair.score, falseMatchRate: impostor / totals.impostor,
        trueAcceptRate: genuine / totals.genuine)
      guard visit(point) else { break }
    }
    return true
  }
}
