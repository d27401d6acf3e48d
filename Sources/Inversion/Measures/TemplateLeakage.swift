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
  ///   - templates: the stolen ones.
  ///   - distance: by what images are compared to the eye.
  /// - Throws: ``InversionError``, `StatisticsError`, what encoders throw.
  public init(
    of made: Reconstructions, like templates: Tensor, roles: EncoderRoles,
    targets: TemplateTargets, data: TemplateData, by distance: PerceptualDistance,
    oracle: Oracle?, bootstrap: Bootstrap, seed: UInt64
  ) throws {
    let strangers = TemplateData.images(of: data.publicImages)
    let best = try made.best(like: templates, by: roles.system)
    let nearest = try Reconstructions.nearest(to: templates, among: strangers, by: roles.system)
    func judged(_ encoder: any TemplateEncoder) throws -> JudgedTemplates {
      try JudgedTemplates(
        by: encoder, targets: targets, thresholds: data.thresholdImages, strangers: strangers,
        nearest: nearest, made: best, bootstrap: bootstrap, seed: seed)
    }
    func quality(_ images: Reconstructions) throws -> ReconstructionQuality {
      try ReconstructionQuality(
        of: images, targets: targets, by: distance, oracle: oracle, bootstrap: bootstrap,
        seed: seed)
    }
    self.best = best
    self.nearest = nearest
    system = try judged(roles.system)
    evaluation = try judged(roles.evaluation)
    self.quality = try quality(best)
    nearestQuality = try quality(nearest)
    ceiling = try quality(Reconstructions(targets.images)).traits
    diversity = try ReconstructionQuality(
      of: made, targets: targets, by: distance, bootstrap: bootstrap, seed: seed
    ).diversity
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
