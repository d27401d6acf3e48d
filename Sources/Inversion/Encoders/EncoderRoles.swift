/// Which encoder does what when templates are inverted.
///
/// The system's encoder made the templates. The attack's is in its losses: the same (white box) or another
/// (black box). The evaluation's is in neither, and says whether a reconstruction shows the person or only
/// suits the encoder that it was optimised against.
public struct EncoderRoles: Sendable {
  /// What made the templates, and what is to be deceived.
  public let system: any TemplateEncoder
  /// What the attack computes its losses with.
  public let attack: any TemplateEncoder
  /// What judges independently.
  public let evaluation: any TemplateEncoder
  /// Whether the attack has the system's own encoder.
  public let isWhiteBox: Bool

  /// The roles.
  ///
  /// - Throws: ``InversionError/sameEncoder(first:second:)`` when the evaluation's weights are those of the
  ///   attack or of the system, whatever they are called; what an encoder throws.
  public init(
    system: any TemplateEncoder, attack: any TemplateEncoder, evaluation: any TemplateEncoder
  ) throws {
    let prints = (
      system: try system.fingerprint(), attack: try attack.fingerprint(),
      evaluation: try evaluation.fingerprint()
    )
    if prints.evaluation == prints.attack {
      throw InversionError.sameEncoder(first: "evaluation", second: "attack")
    }
    if prints.evaluation == prints.system {
      throw InversionError.sameEncoder(first: "evaluation", second: "system")
    }
    self.system = system
    self.attack = attack
    self.evaluation = evaluation
    isWhiteBox = prints.system == prints.attack
  }
}
