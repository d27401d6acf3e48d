import Datasets
import Statistics
import Torch

/// How much of the truth about people can be read off images that are meant to show them, where the truth is
/// known: correlations over people of each trait, which accuracies do not see.
///
/// What is read is first averaged over the images of a person, so that the unit is the person and more images
/// of one do not count as more people.
public struct AttributeLeakage: Sendable, Equatable {
  /// The mean correlation of traits over people, in [-1, 1].
  public let correlation: Double
  /// Its interval, by drawing people.
  public let interval: Interval
  /// The correlation of each continuous trait.
  public let correlations: [Double]
  /// The share of each continuous trait's variance over people that is explained, `1 - SSE / SST`; negative
  /// where the mean would be nearer. `nil` where all people have the same.
  public let explained: [Double?]
  /// The balanced accuracies for glasses and beard; 0.5 is chance. `nil` where all have it or none has.
  public let balancedAccuracies: [Double?]
  /// What is read of each person, by number.
  private let reading: [Int: [Double]]
  private let truth: [Int: PortraitIdentity]

  /// What was read off images of people.
  ///
  /// - Parameters:
  ///   - reading: for each image what ``AttributeOracle/read(_:batchSize:)`` gives.
  ///   - classes: whom each is meant to show.
  ///   - truth: the traits of the people, by class.
  /// - Throws: ``InversionError`` for a person whose traits are not known or fewer than two people;
  ///   `StatisticsError`.
  public init(
    reading: [[Double]], classes: [Int], truth: [Int: PortraitIdentity], named name: String,
    _ bootstrap: Bootstrap, seed: UInt64
  ) throws {
    guard reading.count == classes.count else {
      throw InversionError.counts(
        first: "readings", count: reading.count, second: "classes", otherCount: classes.count)
    }
    let places = Dictionary(grouping: classes.indices) { classes[$0] }
    let width = PortraitIdentity.names.count
    guard reading.allSatisfy({ $0.count == width }) else {
      throw InversionError.setting(
        name: "numbers of a reading", value: "\(reading.map(\.count).min() ?? 0)",
        allowed: "\(width)")
    }
    self.reading = places.mapValues { own in
      (0..<width).map { trait in mean(of: own.map { reading[$0][trait] }) }
    }
    var known: [Int: PortraitIdentity] = [:]
    for person in places.keys {
      guard let own = truth[person] else {
        throw InversionError.tooFew("known traits of class \(person)", count: 0, least: 1)
      }
      known[person] = own
    }
    self.truth = known
    let people = places.keys.sorted()
    let errors = try Self.errors(people, self.reading, known)
    correlation = errors.correlation
    correlations = errors.correlations
    balancedAccuracies = errors.balancedAccuracies
    let averaged = self.reading
    explained = PortraitIdentity.Trait.allCases.indices.map { trait in
      Self.explained(people.map { ($0, trait) }, averaged, known)
    }
    var stream = RandomStream(seed: seed, purpose: "interval.attributes.\(name)")
    interval = try bootstrap.interval(
      of: "correlation of traits", over: people, using: &stream
    ) { (try? Self.errors($0, averaged, known).correlation) ?? .nan }.clamped(to: -1...1)
  }

  /// By how much the mean correlation is above that of look-alikes of the same people, drawn together.
  ///
  /// - Throws: `StatisticsError` when the two are not of the same people.
  public func lift(
    over other: AttributeLeakage, _ bootstrap: Bootstrap,
    using generator: inout some RandomNumberGenerator
  ) throws -> (value: Double, interval: Interval) {
    guard Set(reading.keys) == Set(other.reading.keys) else {
      throw StatisticsError.lengths(
        first: "people of the one", count: reading.count, second: "people of the other",
        otherCount: other.reading.count)
    }
    let interval = try bootstrap.interval(
      of: "difference of correlations", over: reading.keys.sorted(), using: &generator
    ) { people in
      guard let own = try? Self.errors(people, reading, truth),
        let others = try? Self.errors(people, other.reading, truth)
      else { return .nan }
      return own.correlation - others.correlation
    }
    return (correlation - other.correlation, interval)
  }

  private static func errors(
    _ people: [Int], _ reading: [Int: [Double]], _ truth: [Int: PortraitIdentity]
  ) throws(InversionError) -> AttributeErrors {
    try AttributeErrors(
      people.compactMap { reading[$0] }, truth: people.compactMap { truth[$0] })
  }

  private static func explained(
    _ entries: [(person: Int, trait: Int)], _ reading: [Int: [Double]],
    _ truth: [Int: PortraitIdentity]
  ) -> Double? {
    let pairs = entries.compactMap { entry -> (Double, Double)? in
      guard let read = reading[entry.person], let own = truth[entry.person] else { return nil }
      return (read[entry.trait], own.traits[entry.trait])
    }
    let middle = mean(of: pairs.map(\.1))
    let total = pairs.reduce(0) { $0 + ($1.1 - middle) * ($1.1 - middle) }
    let rest = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return total > 0 ? 1 - rest / total : nil
  }
}
