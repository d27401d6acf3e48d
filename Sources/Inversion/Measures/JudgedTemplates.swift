import Statistics

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
  ///   - made: one reconstruction a target.
  ///   - reference: what the judge says of real images and of strangers.
  /// - Throws: ``InversionError``, `StatisticsError`, what the encoder throws.
  public init(_ made: Reconstructions, against reference: EncoderReference) throws {
    let attack = try reference.evaluation.row("attack", made)
    func lifts(_ isTypeOne: Bool) throws -> [Lift] {
      try attack.successes.map { success in
        let rate = success.threshold.falseMatchRate
        return Lift(
          falseMatchRate: rate,
          mean: try reference.evaluation.lift(
            of: attack, over: reference.nearestPublic, atFalseMatchRate: rate,
            isTypeOne: isTypeOne))
      }
    }
    self.attack = attack
    nearestPublic = reference.nearestPublic
    genuine = reference.genuine
    randomPublic = reference.randomPublic
    liftTypeOne = try lifts(true)
    liftTypeTwo = try lifts(false)
    warnings = reference.warnings
  }
}
