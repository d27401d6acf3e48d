import Foundation

/// From which score on a verification system accepts, chosen so that it falsely accepts no more than a share
/// of some impostor pairs.
public struct VerificationThreshold: Sendable, Hashable, Codable {
  /// The share of impostor pairs that may be accepted, in (0, 1].
  public let falseMatchRate: Double
  /// Scores from here on are accepted.
  public let value: Double
  /// How many impostor pairs it was chosen on.
  public let impostorPairs: Int
  /// How many of those it accepts.
  public let falseMatches: Int

  /// The lowest threshold for some impostor pairs.
  ///
  /// Pairs of equal score are accepted or refused together, so that the share is never exceeded.
  ///
  /// - Parameters:
  ///   - impostorScores: of pairs of two identities, at least one, below infinity: no threshold is above that.
  ///   - falseMatchRate: above 0 and at most 1.
  /// - Throws: `StatisticsError` for no scores, scores that are not numbers, or another rate.
  public init(impostorScores: [Double], falseMatchRate: Double) throws(StatisticsError) {
    guard falseMatchRate > 0, falseMatchRate <= 1 else {
      throw .setting(
        name: "false match rate", value: "\(falseMatchRate)", range: "above 0 and at most 1")
    }
    if let index = impostorScores.firstIndex(where: { $0.isNaN || $0 == .infinity }) {
      throw .entry(
        list: "impostor scores", index: index, value: impostorScores[index],
        range: "a number below infinity")
    }
    let scores = impostorScores.sorted(by: >)
    guard let least = scores.last else { throw .tooFew(list: "impostor pairs", count: 0, least: 1) }
    // A product such as 0.29 * 100 may land a hair below the whole number that it means.
    let allowed = Int((falseMatchRate * Double(scores.count) + 1e-9).rounded(.down))
    let value = allowed < scores.count ? scores[allowed].nextUp : least
    self.falseMatchRate = falseMatchRate
    self.value = value
    impostorPairs = scores.count
    falseMatches = scores.prefix { $0 >= value }.count
  }

  /// How many independent impostor pairs the rule of 30 asks for: as many as make 30 false matches likely,
  /// after which the true rate is within 30 % of the observed one with 90 % confidence (Doddington et al.,
  /// Speech Communication 2000).
  public static func pairsNeeded(falseMatchRate: Double) -> Int {
    let pairs = (30 / falseMatchRate - 1e-6).rounded(.up)
    return pairs < Double(Int.max) ? Int(pairs) : Int.max
  }

  /// How many the rule asks for here.
  public var pairsNeeded: Int { Self.pairsNeeded(falseMatchRate: falseMatchRate) }

  /// Whether there are that many.
  public var isSupported: Bool { impostorPairs >= pairsNeeded }

  /// What is to be said of a threshold that rests on too few pairs; `nil` when there are enough.
  public var warning: String? {
    guard !isSupported else { return nil }
    return """
      the threshold for a false match rate of \(falseMatchRate) rests on \(impostorPairs) impostor pairs, \
      of which it accepts \(falseMatches); the rule of 30 asks for \(pairsNeeded)
      """
  }
}
