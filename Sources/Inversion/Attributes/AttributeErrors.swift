import Datasets
import Statistics

/// How well the traits of people can be read off images, where the truth is known: what reconstructions
/// give away about a person even when no recognition system accepts them.
public struct AttributeErrors: Sendable, Equatable {
  /// For each image the root of the mean squared error over the continuous traits, each in [-1, 1].
  public let traitErrors: [Double]
  /// For each continuous trait the correlation of what is read with the truth over images; 0 where one of
  /// them is the same for all.
  public let correlations: [Double]
  /// For glasses and beard the mean of the share of those who have it that are recognised and of those who
  /// have not; 0.5 is chance. `nil` where all have it or none has.
  public let balancedAccuracies: [Double?]

  /// The mean correlation over traits.
  public var correlation: Double { mean(of: correlations) }

  /// The errors of what was read off images of people.
  ///
  /// - Parameters:
  ///   - read: for each image the 16 numbers of `PortraitIdentity.vector`, those of glasses and beard as
  ///     probabilities.
  ///   - truth: who is on each.
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``,
  ///   ``InversionError/tooFew(_:count:least:)`` for fewer than two.
  public init(_ read: [[Double]], truth: [PortraitIdentity]) throws(InversionError) {
    let width = PortraitIdentity.names.count
    guard read.count == truth.count, read.allSatisfy({ $0.count == width }) else {
      throw .counts(
        first: "readings", count: read.count, second: "people", otherCount: truth.count)
    }
    guard read.count >= 2 else { throw .tooFew("images", count: read.count, least: 2) }
    let truth = truth.map(\.vector)
    let traits = PortraitIdentity.Trait.allCases.count
    traitErrors = zip(read, truth).map { read, truth in
      mean(of: (0..<traits).map { (read[$0] - truth[$0]) * (read[$0] - truth[$0]) }).squareRoot()
    }
    correlations = (0..<traits).map { trait in
      Self.correlation(read.map { $0[trait] }, truth.map { $0[trait] })
    }
    balancedAccuracies = (traits..<width).map { trait in
      let rates = [1.0, 0.0].map { value -> Double? in
        let places = truth.indices.filter { truth[$0][trait] == value }
        guard !places.isEmpty else { return nil }
        let right = places.count { (read[$0][trait] >= 0.5) == (value == 1) }
        return Double(right) / Double(places.count)
      }
      guard let own = rates[0], let other = rates[1] else { return nil }
      return (own + other) / 2
    }
  }

  /// Pearson's correlation.
  static func correlation(_ left: [Double], _ right: [Double]) -> Double {
    let (first, second) = (mean(of: left), mean(of: right))
    var (both, one, other) = (0.0, 0.0, 0.0)
    for (a, b) in zip(left, right) {
      both += (a - first) * (b - second)
      one += (a - first) * (a - first)
      other += (b - second) * (b - second)
    }
    return one > 0 && other > 0 ? both / (one * other).squareRoot() : 0
  }
}
