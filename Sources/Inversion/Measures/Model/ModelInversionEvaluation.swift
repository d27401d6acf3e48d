import Datasets
import Networks
import Statistics
import Torch

/// Judges images that are meant to show the people a classifier was trained on: attacks, the baselines they
/// have to be above, and the ceiling of real images.
///
/// The row to compare with is that of look-alikes: public images that the target takes for its people already
/// reach most of what attacks report as accuracy.
public struct ModelInversionEvaluation: Sendable {
  /// A reader of traits, and the traits of the people by class.
  public typealias Oracle = (reader: AttributeOracle, truth: [Int: PortraitIdentity])

  /// The audited model.
  public let target: any Classifier
  /// What judges.
  public let evaluator: Evaluator
  /// Features of the images that the target was trained on.
  public let real: FeatureSet
  /// The verification system, where there is one.
  public var openSet: OpenSetAcceptance?
  /// How images of one person are compared to the eye, where they are.
  public var perception: PerceptualDistance?
  /// What reads traits, where they are known.
  public var oracle: Oracle?
  /// An encoder that has never seen the people, by whose templates distances are measured once more.
  public var faces: (any TemplateEncoder)?
  /// Resamples for the interval of the Fréchet distance, each of which costs four decompositions; none
  /// when 0.
  public var frechetResamples = 0
  /// To which neighbour the balls of ``PRDC`` reach.
  public var neighbours = 3
  private let training: ClassImages
  private let bootstrap: Bootstrap
  private let seed: UInt64

  /// An evaluation.
  ///
  /// - Parameters:
  ///   - training: the private images that the target was trained on, by class.
  ///   - bootstrap: how intervals are made.
  ///   - seed: of the bootstrap.
  /// - Throws: ``InversionError/sameModel(first:second:)`` when target and evaluator are one model; what they
  ///   throw.
  public init(
    of target: any Classifier, by evaluator: Evaluator, training: ClassImages,
    bootstrap: Bootstrap = Bootstrap(resamples: 2000), seed: UInt64 = 0
  ) throws {
    let some = training.images[0..<min(16, training.count)].contiguous()
    try evaluator.checkIndependence(of: target, on: some)
    self.target = target
    self.evaluator = evaluator
    self.training = training
    self.bootstrap = bootstrap
    self.seed = seed
    real = try evaluator.features(of: training)
  }

  /// How images fare.
  ///
  /// - Parameters:
  ///   - name: what they are; intervals depend on it.
  ///   - budget: what making them cost.
  /// - Throws: ``InversionError`` for classes that the target does not have or without a training image, what
  ///   models throw.
  public func row(
    _ name: String, _ images: ClassImages, budget: InversionBudget? = nil
  ) throws -> ModelInversionRow {
    let own = try ClassAccuracy(
      of: target, on: images, named: "\(name).target", bootstrap, seed: seed)
    let judged = try ClassAccuracy(
      of: evaluator.classifier, on: images, named: name, bootstrap, seed: seed)
    let made = try evaluator.features(of: images)
    let distances = trials(images, try NearestDistances(real: real, made: made))
    let successes = zip(distances, own.isRight).filter(\.1).map(\.0)
    var warnings: [String] = []
    let frechet = optional(&warnings) { try FrechetDistance(real: real, made: made) }
    warnings += [frechet?.warning, openSet?.warning].compactMap(\.self)
    return ModelInversionRow(
      name: name, count: images.count, targetAccuracy: own.top, accuracy: judged.top,
      accuracyAmongFive: judged.topFive,
      neighbourDistance: try estimate("neighbour", name, distances),
      neighbourDistanceOfSuccesses: successes.isEmpty
        ? nil : try estimate("neighbour.successes", name, successes),
      faceDistance: try faceDistance(of: images, name),
      kernelDistance: try kernelDistance(of: made, .independent, name),
      kernelDistanceByIdentity: optional(&warnings) {
        try kernelDistance(of: made, .byIdentity, name)
      },
      frechetDistance: frechet,
      frechetInterval: frechet == nil ? nil : try frechetInterval(of: made, name),
      prdc: optional(&warnings) { try PRDC(real: real, made: made, neighbours: neighbours) },
      prdcNearestBall: try? PRDC(
        real: real, made: made, neighbours: neighbours, formula: .nearestBall),
      perceptualDistance: try perception.map {
        try estimate("perceptual", name, $0.nearest(images, among: training))
      }, diversity: try diversity(of: images, name),
      openSetAcceptance: try openSet?.rate(of: images, named: name, bootstrap, seed: seed),
      attributes: try attributes(of: images, name), budget: budget, warnings: warnings)
  }

  /// By how much one row is above another of the same people, person by person: **lift** for an attack over
  /// look-alikes.
  ///
  /// - Throws: ``InversionError/notDefined(measure:reason:)`` where a row does not have the measure;
  ///   `StatisticsError` for rows of other people.
  public func lift(
    of row: ModelInversionRow, over other: ModelInversionRow,
    in measure: ModelInversionRow.Measure = .accuracy
  ) throws -> IdentityMean {
    guard let own = row[measure], let rest = other[measure] else {
      throw InversionError.notDefined(
        measure: "lift in \(measure)",
        reason: "\(row.name) or \(other.name) was not measured so")
    }
    var stream = stream("lift.\(measure)", "\(row.name).\(other.name)")
    return try own.lift(over: rest, bootstrap, using: &stream)
  }

  /// By how much traits can be read better off one row than off another.
  ///
  /// - Throws: ``InversionError/notDefined(measure:reason:)`` without traits; `StatisticsError`.
  public func attributeLift(
    of row: ModelInversionRow, over other: ModelInversionRow
  ) throws -> (value: Double, interval: Interval) {
    guard let own = row.attributes, let rest = other.attributes else {
      throw InversionError.notDefined(
        measure: "attribute leakage", reason: "the traits of the people are not known")
    }
    var stream = stream("lift.attributes", "\(row.name).\(other.name)")
    return try own.lift(over: rest, bootstrap, using: &stream)
  }

  // MARK: Single measures

  private func trials(
    _ images: ClassImages, _ distances: NearestDistances
  ) -> [(identity: Int, value: Double)] {
    zip(images.classes, distances.values).map { (identity: $0, value: $1) }
  }

  private func faceDistance(of images: ClassImages, _ name: String) throws -> IdentityMean? {
    try faces.map { encoder in
      let distances = try NearestDistances(
        real: FeatureSet(of: training, by: encoder), made: FeatureSet(of: images, by: encoder))
      return try estimate("neighbour.faces", name, trials(images, distances))
    }
  }

  private func kernelDistance(
    of made: FeatureSet, _ sampling: KernelDistance.Sampling, _ name: String
  ) throws -> KernelDistance {
    var stream = stream("kernel-distance.\(sampling.rawValue)", name)
    return try KernelDistance(
      real: real, made: made, sampling: sampling, bootstrap, using: &stream)
  }

  private func frechetInterval(of made: FeatureSet, _ name: String) throws -> Interval? {
    guard frechetResamples > 0 else { return nil }
    var stream = stream("frechet", name)
    return try FrechetDistance.interval(
      real: real, made: made, Bootstrap(resamples: frechetResamples, level: bootstrap.level),
      using: &stream)
  }

  private func attributes(of images: ClassImages, _ name: String) throws -> AttributeLeakage? {
    try oracle.map { oracle in
      try AttributeLeakage(
        reading: oracle.reader.read(images.images), classes: images.classes,
        truth: oracle.truth, named: name, bootstrap, seed: seed)
    }
  }

  private func diversity(of images: ClassImages, _ name: String) throws -> IdentityMean? {
    let groups = Dictionary(grouping: images.classes.indices) { images.classes[$0] }
      .sorted { $0.key < $1.key }
    guard let perception, groups.allSatisfy({ $0.value.count > 1 }) else { return nil }
    return try estimate(
      "diversity", name,
      groups.map {
        (
          identity: $0.key,
          value: try Diversity.mean(
            of: images.images.selecting(rows: $0.value), by: perception)
        )
      })
  }

  private func estimate(
    _ measure: String, _ name: String, _ trials: [(identity: Int, value: Double)]
  ) throws -> IdentityMean {
    var stream = stream(measure, name)
    return try IdentityMean(trials, bootstrap, using: &stream)
  }

  private func stream(_ measure: String, _ name: String) -> RandomStream {
    RandomStream(seed: seed, purpose: "interval.inversion.\(measure).\(name)")
  }

  /// A measure that may have no value, which is said then and never a number.
  private func optional<Value>(
    _ warnings: inout [String], _ measure: () throws -> Value
  ) -> Value? {
    do { return try measure() } catch {
      warnings.append("\(error)")
      return nil
    }
  }
}
