import Networks
import Statistics
import Torch

/// How often a recognition system that knows nobody by name accepts images as the people they are meant to
/// show, against private test images of them.
///
/// A classifier has to choose one of its classes, so that a picture of nobody in particular is somebody to it;
/// a verification score is not flattered so. The threshold falsely accepts a share (1 % as a rule) of impostor
/// pairs, of people of a third set and of public people, whose images an attacker has.
public struct OpenSetAcceptance: Sendable {
  /// The system.
  public let system: any TemplateEncoder
  /// From which score on it accepts.
  public let threshold: VerificationThreshold
  private let genuine: Tensor
  private let people: [Int]

  /// A check.
  ///
  /// - Parameters:
  ///   - system: an encoder that neither the target nor the attack knows.
  ///   - genuine: private test images, by class.
  ///   - impostors: images of other people and who is on each, numbered without repetition: a third set and
  ///     public ones. All their pairs are scored, so that a thousand images are enough and ten thousand
  ///     take gigabytes.
  ///   - falseMatchRate: above 0 and at most 1.
  /// - Throws: ``InversionError``, `StatisticsError`, what the encoder throws.
  public init(
    _ system: any TemplateEncoder, genuine: ClassImages,
    impostors: (images: Tensor, identities: [Int]), falseMatchRate: Double = 0.01
  ) throws {
    self.system = system
    let found = try SystemThresholds(
      system, images: impostors.images, identities: impostors.identities,
      rates: [falseMatchRate])
    guard let threshold = found.thresholds.first else {
      throw InversionError.tooFew("thresholds", count: 0, least: 1)
    }
    self.threshold = threshold
    self.genuine = try system.checkedTemplates(of: genuine.images).to(.float64).unitRows()
    people = genuine.classes
  }

  /// What is to be said of a threshold that rests on too few pairs.
  public var warning: String? { threshold.warning }

  /// The share of a person's test images that each image is accepted against, as a mean over people.
  ///
  /// - Throws: ``InversionError/tooFew(_:count:least:)`` for a person without a test image; what the encoder
  ///   throws.
  public func rate(
    of images: ClassImages, named name: String, _ bootstrap: Bootstrap, seed: UInt64
  ) throws -> IdentityMean {
    let found = try system.checkedTemplates(of: images.images).to(.float64).unitRows()
    let scores = found.linear(genuine).values(as: Double.self)
    let members = Dictionary(grouping: people.indices) { people[$0] }
    let trials = try images.classes.enumerated().map { place, person in
      guard let own = members[person] else {
        throw InversionError.tooFew("test images of class \(person)", count: 0, least: 1)
      }
      let accepted = own.count { scores[place * people.count + $0] >= threshold.value }
      return (identity: person, value: Double(accepted) / Double(own.count))
    }
    var stream = RandomStream(seed: seed, purpose: "interval.open-set.\(name)")
    return try IdentityMean(trials, within: 0...1, bootstrap, using: &stream)
  }
}
