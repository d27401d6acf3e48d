import Datasets
import Networks
import Statistics
import Torch

/// What templates turned out to leak: reconstructions judged by the system and by an independent encoder,
/// and how like the stolen images they are.
public struct TemplateLeakage: Sendable {
  /// Who reads traits off images, and who is on each target.
  public typealias Oracle = (reader: AttributeOracle, truth: [PortraitIdentity])

  /// What the audited system says.
  public let system: JudgedTemplates
  /// What an encoder says that the attack did not look at.
  public let evaluation: JudgedTemplates
  /// The reconstructions that were handed in, one a target.
  public let best: Reconstructions
  /// The public images that were nearest, one a target.
  public let nearest: Reconstructions
  /// How like the stolen images the reconstructions are.
  public let quality: ReconstructionQuality
  /// How like them the nearest public images are.
  public let nearestQuality: ReconstructionQuality
  /// What the oracle reads off the stolen images themselves; `nil` without one.
  public let ceiling: ReconstructionQuality.Traits?
  /// How different the reconstructions of one target are; `nil` for one each.
  public let diversity: IdentityMean?

  /// Judges reconstructions.
  ///
  /// - Parameters:
  ///   - made: several of each target, of which the one most like the template by the system is taken.
  ///   - reference: what they are compared with.
  /// - Throws: ``InversionError``, `StatisticsError`, what encoders throw.
  public init(of made: Reconstructions, against reference: LeakageReference) throws {
    best = try made.best(like: reference.templates, by: reference.system.evaluation.system)
    nearest = reference.nearest
    system = try JudgedTemplates(best, against: reference.system)
    evaluation = try JudgedTemplates(best, against: reference.evaluation)
    quality = try reference.quality(of: best)
    nearestQuality = reference.nearestQuality
    ceiling = reference.ceiling
    diversity = try reference.quality(of: made, readsTraits: false).diversity
  }
}

extension Reconstructions {
  /// The public image of each target whose template is most like the stolen one: the cheapest attack, which
  /// makes nothing.
  ///
  /// - Parameters:
  ///   - templates: the stolen ones, `[P, D]`.
  ///   - images: public, `[M, C, H, W]`.
  /// - Throws: ``InversionError``, what the encoder throws.
  public static func nearest(
    to templates: Tensor, among images: Tensor, by encoder: any TemplateEncoder
  ) throws -> Reconstructions {
    try encoder.check(templates)
    let strangers = try encoder.checkedTemplates(of: images).to(.float64).unitRows()
    let scores = templates.to(.float64).unitRows().linear(strangers)
    let chosen = scores.argmax(along: 1).values(as: Int.self)
    return try Reconstructions(
      images.selecting(rows: chosen), targets: Array(chosen.indices),
      selection: .best(of: images.size(0), by: encoder.name))
  }
}
