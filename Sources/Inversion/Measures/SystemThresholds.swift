import Networks
import Statistics
import Torch
import Training

/// From which score on a recognition system accepts, at several false match rates, chosen on the impostor
/// pairs of people who are neither attacked nor learned from.
public struct SystemThresholds: Sendable, Equatable {
  /// The rates that are usual.
  public static let standardRates = [0.1, 0.01, 0.001]

  /// A threshold for each rate.
  public let thresholds: [VerificationThreshold]
  /// How many people the pairs are of.
  public let identityCount: Int

  /// Thresholds from images of a third set of people.
  ///
  /// - Parameters:
  ///   - identities: who is on each image, at least two people.
  ///   - rates: false match rates, each above 0 and at most 1.
  /// - Throws: ``InversionError``, `StatisticsError`, what the encoder throws.
  public init(
    _ encoder: any TemplateEncoder, images: Tensor, identities: [Int],
    rates: [Double] = standardRates
  ) throws {
    guard images.rank == 4, images.size(0) == identities.count else {
      throw InversionError.counts(
        first: "images", count: images.shape.first ?? 0, second: "identities",
        otherCount: identities.count)
    }
    let units = try encoder.checkedTemplates(of: images).to(.float64).unitRows()
    let cosines: [Double] = units.linear(units).values()
    let count = identities.count
    var scores: [Double] = []
    for first in 0..<count {
      for second in first + 1..<max(count, first + 1)
      where identities[first] != identities[second] {
        scores.append(cosines[first * count + second])
      }
    }
    thresholds = try rates.map {
      try VerificationThreshold(impostorScores: scores, falseMatchRate: $0)
    }
    identityCount = Set(identities).count
  }

  /// Thresholds that are known.
  public init(_ thresholds: [VerificationThreshold], identityCount: Int) {
    self.thresholds = thresholds
    self.identityCount = identityCount
  }

  /// What is to be said of thresholds that rest on too few pairs.
  public var warnings: [String] { thresholds.compactMap(\.warning) }
}
