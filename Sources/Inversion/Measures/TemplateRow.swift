import Statistics

/// How often images pass as the people whose templates were stolen, at every threshold of a system.
public struct TemplateRow: Sendable, Equatable {
  /// The rates at one threshold.
  public struct Success: Sendable, Equatable {
    /// The threshold.
    public let threshold: VerificationThreshold
    /// Against the very image that the template comes from; `nil` for real images of the person, of which
    /// that is one.
    public let typeOne: IdentityMean?
    /// Against other images of the person.
    public let typeTwo: IdentityMean
  }

  /// What the images are, such as `attack`.
  public let name: String
  /// How they were chosen.
  public let selection: Reconstructions.Selection
  /// The encoder that judged.
  public let encoder: String
  /// The rates, in the order of the system's thresholds.
  public let successes: [Success]
}
