import Datasets
import Statistics
import Torch

/// What an encoder says of reconstructions, between what real images of the people reach and what strangers
/// reach anyway.
public struct JudgedTemplates: Sendable {
  /// By how much reconstructions are above the nearest stranger at one false match rate.
  public struct Lift: Sendable, Equatable {
    /// The false match rate.
    public let falseMatchRate: Double
    /// The difference of success attack rates, person by person.
    public let mean: IdentityMean
  }

  /// Reconstructions.
  public let attack: TemplateRow
  /// Real images of the people.
  public let genuine: TemplateRow
  /// Strangers at random.
  public let randomPublic: TemplateRow
  /// The strangers whose templates are nearest by the system.
  public let nearestPublic: TemplateRow
  /// Against the very image, at each rate.
  public let liftTypeOne: [Lift]
  /// Against other images of the person, at each rate.
  public let liftTypeTwo: [Lift]
  /// What is to be said of thresholds that rest on too few pairs.
  public let warnings: [String]

  /// A judgement.
  ///
  /// - Parameters:
  ///   - encoder: the judge, which has thresholds of its own.
  ///   - thresholds: images of a third set of people.
  ///   - strangers: public images, `[M, C, H, W]`.
  ///   - nearest: those of them that an attacker picks who makes nothing.
  ///   - made: one reconstruction a target.
  /// - Throws: ``InversionError``, `StatisticsError`, what the encoder throws.
  public init(
    by encoder: any TemplateEncoder, targets: TemplateTargets, thresholds: Dataset,
    strangers: Tensor, nearest: Reconstructions, made: Reconstructions, bootstrap: Bootstrap,
    seed: UInt64
  ) throws {
    let limits = try SystemThresholds(
      encoder, images: TemplateData.images(of: thresholds), identities: thresholds.labelValues)
    let evaluation = try TemplateEvaluation(
      encoder, targets: targets, thresholds: limits, bootstrap: bootstrap, seed: seed)
    let attack = try evaluation.row("attack", made)
    let look = try evaluation.row("nearest public", nearest)
    func lifts(_ isTypeOne: Bool) throws -> [Lift] {
      try attack.successes.map { success in
        let rate = success.threshold.falseMatchRate
        return Lift(
          falseMatchRate: rate,
          mean: try evaluation.lift(
            of: attack, over: look, atFalseMatchRate: rate, isTypeOne: isTypeOne))
      }
    }
    self.attack = attack
    nearestPublic = look
    genuine = try evaluation.genuine()
    randomPublic = try evaluation.randomPublic(strangers)
    liftTypeOne = try lifts(true)
    liftTypeTwo = try lifts(false)
    warnings = limits.warnings
  }
}
