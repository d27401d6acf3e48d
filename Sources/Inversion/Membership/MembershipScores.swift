import Foundation
import Statistics

/// How well scores tell members of a training set from others: the area under the curve, and the rate of
/// members found at low rates of false alarms.
///
/// An attack that is right about few members and sure of it is a leak that the area and the accuracy hide
/// (Carlini et al., IEEE S&P 2022): look at the rates at 0.1 % and 1 %.
public struct MembershipScores: Sendable, Equatable {
  /// The rate of members found at one rate of false alarms.
  public struct Rate: Sendable, Equatable {
    /// The share of non-members that may be called members.
    public let falsePositiveRate: Double
    /// From which score on an example is called a member.
    public let threshold: VerificationThreshold
    /// How many members are found at it.
    public let truePositives: Proportion
    /// The share of members that are found, in 0...1.
    public let value: Double
    /// Its interval: at each end the wider of Clopper and Pearson's at this threshold, which is exact but takes
    /// the threshold for known, and the bootstrap's, which draws members and non-members anew and the
    /// threshold with them, but cannot see beyond a rate of 0 or 1.
    public let interval: Interval

    /// What is to be said of a rate that rests on too few non-members; `nil` when there are enough.
    public var warning: String? {
      guard !threshold.isSupported else { return nil }
      return """
        the rate at \(falsePositiveRate) false alarms rests on \(threshold.impostorPairs) non-members, of \
        which \(threshold.falseMatches) are called members; the rule of 30 asks for \
        \(threshold.pairsNeeded)
        """
    }
  }

  /// The rates of false alarms that are usual.
  public static let standardRates = [0.001, 0.01]

  /// The attack.
  public let name: String
  /// The area under the curve: 0.5 is chance.
  public let area: ROCArea
  /// Its interval by DeLong's error; `nil` with a single member or non-member.
  public let areaInterval: Interval?
  /// The rates of members found.
  public let rates: [Rate]
  /// The largest difference of true and false positive rate over thresholds (the membership advantage of Yeom
  /// et al., CSF 2018), chosen on these very scores and so a little too large.
  public let advantage: Double

  /// The scores of an attack.
  ///
  /// - Parameters:
  ///   - members: scores of examples that the model was trained on; infinities are in order.
  ///   - others: scores of examples of the same distribution that it was not trained on.
  ///   - rates: of false alarms, each above 0 and at most 1.
  ///   - bootstrap: how intervals of rates are made; the method is percentile, since rates at a threshold are
  ///     steps, which have no acceleration.
  /// - Throws: `StatisticsError` for no scores or scores that are not numbers.
  public init(
    _ name: String, members: [Double], others: [Double], rates: [Double] = standardRates,
    bootstrap: Bootstrap = Bootstrap(.percentile, resamples: 2000),
    using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) {
    // Nothing is above infinity, so that a threshold could not refuse those who are tied there.
    let (members, others) = (members.map(Self.finite), others.map(Self.finite))
    self.name = name
    area = try ROCArea(
      scores: members + others,
      isPositive: members.map { _ in true } + others.map { _ in false })
    areaInterval = try area.interval(level: bootstrap.level)
    let curve = Curve(members: members, others: others)
    advantage = curve.advantage
    let draws = try curve.draws(rates, bootstrap, using: &generator)
    var found: [Rate] = []
    for (place, rate) in rates.enumerated() {
      let threshold = try VerificationThreshold(impostorScores: others, falseMatchRate: rate)
      let hits = Proportion(members.map { $0 >= threshold.value })
      let exact = try hits.clopperPearson(level: bootstrap.level)
      let value = hits.rate ?? 0
      let drawn = Bootstrap(.percentile, resamples: bootstrap.resamples, level: bootstrap.level)
        .interval(estimate: value, distribution: draws[place], jackknife: [])
      found.append(
        Rate(
          falsePositiveRate: rate, threshold: threshold, truePositives: hits, value: value,
          interval: Interval(
            low: min(exact.low, drawn.low), high: max(exact.high, drawn.high),
            level: bootstrap.level)))
    }
    self.rates = found
  }

  private static func finite(_ score: Double) -> Double {
    score == .infinity ? .greatestFiniteMagnitude : score
  }

  /// The rate at a rate of false alarms; `nil` when it was not asked for.
  public func rate(atFalsePositiveRate rate: Double) -> Rate? {
    rates.first { $0.falsePositiveRate == rate }
  }

  /// What is to be said of rates that rest on too few non-members.
  public var warnings: [String] { rates.compactMap(\.warning) }
}

/// All scores by falling value, members and others apart.
private struct Curve {
  /// For every different score, falling, the places of members and of others with it.
  private let steps: [(members: [Int], others: [Int])]
  private let memberCount: Int
  private let otherCount: Int

  init(members: [Double], others: [Double]) {
    (memberCount, otherCount) = (members.count, others.count)
    let all =
      members.enumerated().map { (score: $1, place: $0, isMember: true) }
      + others.enumerated().map { (score: $1, place: $0, isMember: false) }
    var steps: [(members: [Int], others: [Int])] = []
    var last = Double.nan
    for entry in all.sorted(by: { $0.score > $1.score }) {
      if entry.score != last { steps.append(([], [])) }
      last = entry.score
      if entry.isMember {
        steps[steps.count - 1].members.append(entry.place)
      } else {
        steps[steps.count - 1].others.append(entry.place)
      }
    }
    self.steps = steps
  }

  var advantage: Double {
    var (hits, alarms, best) = (0, 0, 0.0)
    for step in steps {
      hits += step.members.count
      alarms += step.others.count
      best = max(
        best, Double(hits) / Double(memberCount) - Double(alarms) / Double(otherCount))
    }
    return best
  }

  /// The rates of members found in resamples, for each rate of false alarms.
  func draws(
    _ rates: [Double], _ bootstrap: Bootstrap, using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> [[Double]] {
    guard bootstrap.resamples > 0 else {
      throw .setting(name: "resamples", value: "\(bootstrap.resamples)", range: "at least 1")
    }
    var values = rates.map { _ in [Double]() }
    for _ in 0..<bootstrap.resamples {
      let weights = (
        members: Self.weights(memberCount, using: &generator),
        others: Self.weights(otherCount, using: &generator)
      )
      for (place, rate) in rates.enumerated() {
        values[place].append(found(rate, weights.members, weights.others))
      }
    }
    return values
  }

  private static func weights(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> [Int] {
    var weights = [Int](repeating: 0, count: count)
    for _ in 0..<count { weights[Int.random(in: 0..<count, using: &generator)] += 1 }
    return weights
  }

  /// The share of members above the lowest threshold that few enough others reach.
  private func found(_ rate: Double, _ members: [Int], _ others: [Int]) -> Double {
    // A product such as 0.29 * 100 may land a hair below the whole number that it means.
    let allowed = Int((rate * Double(otherCount) + 1e-9).rounded(.down))
    var (hits, alarms) = (0, 0)
    for step in steps {
      alarms += step.others.reduce(0) { $0 + others[$1] }
      guard alarms <= allowed else { break }
      hits += step.members.reduce(0) { $0 + members[$1] }
    }
    return Double(hits) / Double(memberCount)
  }
}
