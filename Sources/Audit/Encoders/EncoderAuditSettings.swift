import Inversion

/// How hard an audit of an encoder looks.
public struct EncoderAuditSettings: Sendable, Equatable {
  /// A protection of templates and what it is called in findings.
  public struct Defence: Sendable, Equatable {
    /// One word for findings, such as `projection`.
    public var name: String
    /// What is done to templates.
    public var protection: TemplateRecipe.Protection

    /// A defence.
    public init(_ name: String, _ protection: TemplateRecipe.Protection) {
      self.name = name
      self.protection = protection
    }
  }

  /// The inversion that is tried, with the audited encoder as `encoders.system`.
  public var inversion: TemplateRecipe
  /// The protections that are measured; those of ``standardDefences(width:)`` when `nil`.
  public var defences: [Defence]?
  /// Whether every protection gets an attack of its own, which learns anew what protected templates look
  /// like. Otherwise only the attack that picks the nearest stranger is tried against it.
  public var attacksDefences: Bool

  /// Settings.
  public init(_ inversion: TemplateRecipe, defences: [Defence]? = nil, attacksDefences: Bool) {
    self.inversion = inversion
    self.defences = defences
    self.attacksDefences = attacksDefences
  }

  /// The settings of a profile.
  ///
  /// - Parameters:
  ///   - data: who is public, private, and who thresholds are chosen on.
  ///   - imageShape: `[C, H, W]`.
  ///   - systemModel: what network is audited, where that is known.
  public init(
    _ profile: AuditSettings.Profile, data: TemplateRecipe.Data, imageShape: [Int],
    systemModel: String? = nil
  ) {
    self.init(
      TemplateRecipe(
        auditing: data, imageShape: imageShape, systemModel: systemModel,
        budget: profile.inversionBudget),
      attacksDefences: profile != .quick)
  }

  /// A projection to a quarter of the width, signs, and both.
  public static func standardDefences(width: Int) -> [Defence] {
    var (projection, signs) = (TemplateRecipe.Protection(), TemplateRecipe.Protection())
    projection.projection = max(1, width / 4)
    signs.levels = 2
    var both = projection
    both.levels = 2
    return [
      Defence("projection", projection), Defence("signs", signs),
      Defence("projected-signs", both),
    ]
  }
}

extension AuditSettings.Profile {
  /// How much work an inversion of the audit may be.
  package var inversionBudget: TemplateRecipe.Budget {
    switch self {
    case .tiny: .tiny
    case .quick: .quick
    case .standard: .standard
    case .full: .full
    }
  }
}
