import Datasets
import Statistics
import Torch

/// How like the stolen images reconstructions are, whether or not a system accepts them: means over people
/// with their intervals.
public struct ReconstructionQuality: Sendable, Equatable {
  /// What an oracle reads off reconstructions of people whose traits are known.
  public struct Traits: Sendable, Equatable {
    /// The root of the mean squared error over the continuous traits, each in [-1, 1].
    public let error: IdentityMean
    /// The mean correlation with the truth over traits.
    public let correlation: Double
    /// Its interval, by drawing people.
    public let correlationInterval: Interval
    /// The balanced accuracies for glasses and beard.
    public let balancedAccuracies: [Double?]
  }

  /// How the images were chosen.
  public let selection: Reconstructions.Selection
  /// The mean squared error over pixels.
  public let squaredError: IdentityMean
  /// The mean absolute error over pixels.
  public let absoluteError: IdentityMean
  /// The perceptual distance; the lower the more alike.
  public let perceptual: IdentityMean
  /// What computed it.
  public let perceptualName: String
  /// The mean perceptual distance between reconstructions of one target; `nil` where a target has only one.
  public let diversity: IdentityMean?
  /// What an oracle reads; `nil` without one.
  public let traits: Traits?

  /// The quality of reconstructions.
  ///
  /// - Parameters:
  ///   - distance: how perceptual distances are computed.
  ///   - oracle: what reads traits, and who is on each target.
  ///   - seed: of the bootstrap.
  /// - Throws: ``InversionError`` for images of other shapes or of targets that do not exist, `StatisticsError`,
  ///   what networks throw.
  public init(
    of made: Reconstructions, targets: TemplateTargets, by distance: PerceptualDistance,
    oracle: (reader: AttributeOracle, truth: [PortraitIdentity])? = nil,
    bootstrap: Bootstrap = Bootstrap(resamples: 2000), seed: UInt64 = 0
  ) throws {
    if let place = made.targets.first(where: { !(0..<targets.count ~= $0) }) {
      throw InversionError.setting(
        name: "target", value: "\(place)", allowed: "from 0 to \(targets.count - 1)")
    }
    let people = made.targets.map { targets.identities[$0] }
    func estimate(
      _ name: String, _ values: [Double], _ people: [Int]
    ) throws -> IdentityMean {
      var stream = RandomStream(seed: seed, purpose: "interval.quality.\(name)")
      return try IdentityMean(
        zip(people, values).map { (identity: $0, value: $1) }, bootstrap, using: &stream)
    }
    let originals = targets.images.selecting(rows: made.targets)
    let pixels = try PixelErrors(made.images, to: originals)
    selection = made.selection
    squaredError = try estimate("squared", pixels.squared, people)
    absoluteError = try estimate("absolute", pixels.absolute, people)
    perceptualName = distance.name
    perceptual = try estimate(
      "perceptual", Self.distances(distance, made.images, originals), people)
    let groups = Dictionary(grouping: made.targets.indices, by: { made.targets[$0] })
      .sorted { $0.key < $1.key }
    diversity =
      groups.allSatisfy { $0.value.count > 1 }
      ? try estimate(
        "diversity",
        groups.map { try Diversity.mean(of: made.images.selecting(rows: $0.value), by: distance) },
        groups.map { targets.identities[$0.key] }) : nil
    traits = try oracle.map { oracle in
      guard oracle.truth.count == targets.count else {
        throw InversionError.counts(
          first: "targets", count: targets.count, second: "known people",
          otherCount: oracle.truth.count)
      }
      return try Traits(
        reading: try oracle.reader.read(made.images),
        truth: made.targets.map { oracle.truth[$0] }, people: people, bootstrap, seed: seed)
    }
  }

  private static func distances(
    _ distance: PerceptualDistance, _ images: Tensor, _ others: Tensor
  ) throws -> [Double] {
    try stride(from: 0, to: images.size(0), by: 256).flatMap { start in
      let range = start..<min(start + 256, images.size(0))
      return try withoutGradients {
        try distance(images[range].contiguous(), others[range].contiguous())
          .to(.float64).values(as: Double.self)
      }
    }
  }
}

extension ReconstructionQuality.Traits {
  /// What was read off images of people whose traits are known.
  ///
  /// - Parameters:
  ///   - reading: for each image what ``AttributeOracle/read(_:batchSize:)`` gives.
  ///   - truth: who is on each.
  ///   - people: the same as numbers.
  /// - Throws: ``InversionError``, `StatisticsError`.
  public init(
    reading: [[Double]], truth: [PortraitIdentity], people: [Int], _ bootstrap: Bootstrap,
    seed: UInt64
  ) throws {
    let errors = try AttributeErrors(reading, truth: truth)
    var stream = RandomStream(seed: seed, purpose: "interval.quality.traits")
    error = try IdentityMean(
      zip(people, errors.traitErrors).map { (identity: $0, value: $1) }, bootstrap,
      using: &stream)
    correlation = errors.correlation
    balancedAccuracies = errors.balancedAccuracies
    let units = Dictionary(grouping: people.indices, by: { people[$0] })
      .sorted { $0.key < $1.key }.map(\.value)
    correlationInterval = try bootstrap.interval(
      of: "correlation of traits", over: units, using: &stream
    ) { units in
      let places = units.flatMap(\.self)
      let found = try? AttributeErrors(
        places.map { reading[$0] }, truth: places.map { truth[$0] })
      return found?.correlation ?? .nan
    }.clamped(to: -1...1)
  }
}
