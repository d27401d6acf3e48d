import Datasets
import Statistics
import Torch

/// What reconstructions of stolen templates are compared with, whoever makes them and however: it is built
/// once, and every way to invert is judged against it.
public struct LeakageReference: Sendable {
  /// By the audited system.
  public let system: EncoderReference
  /// By an encoder that the attack does not look at.
  public let evaluation: EncoderReference
  /// The public images that are nearest, one a target.
  public let nearest: Reconstructions
  /// How like the stolen images they are.
  public let nearestQuality: ReconstructionQuality
  /// What the oracle reads off the stolen images themselves; `nil` without one.
  public let ceiling: ReconstructionQuality.Traits?
  private let distance: PerceptualDistance
  private let oracle: TemplateLeakage.Oracle?
  private let bootstrap: Bootstrap
  private let seed: UInt64

  /// A reference.
  ///
  /// - Parameters:
  ///   - distance: by what images are compared to the eye.
  ///   - oracle: what reads traits off images.
  ///   - bootstrap: how intervals are made.
  ///   - seed: of the bootstrap and of draws of strangers.
  /// - Throws: ``InversionError``, `StatisticsError`, what encoders throw.
  public init(
    roles: EncoderRoles, targets: TemplateTargets, data: TemplateData,
    by distance: PerceptualDistance, oracle: TemplateLeakage.Oracle?, bootstrap: Bootstrap,
    seed: UInt64
  ) throws {
    let strangers = TemplateData.images(of: data.publicImages)
    let nearest = try Reconstructions.nearest(
      to: roles.system.checkedTemplates(of: targets.images), among: strangers, by: roles.system)
    func reference(_ encoder: any TemplateEncoder) throws -> EncoderReference {
      try EncoderReference(
        by: encoder, targets: targets, thresholds: data.thresholdImages, strangers: strangers,
        nearest: nearest, bootstrap: bootstrap, seed: seed)
    }
    func quality(_ images: Reconstructions) throws -> ReconstructionQuality {
      try ReconstructionQuality(
        of: images, targets: targets, by: distance, oracle: oracle, bootstrap: bootstrap,
        seed: seed)
    }
    self.distance = distance
    self.oracle = oracle
    self.bootstrap = bootstrap
    self.seed = seed
    self.nearest = nearest
    system = try reference(roles.system)
    evaluation = try reference(roles.evaluation)
    nearestQuality = try quality(nearest)
    ceiling = try quality(Reconstructions(targets.images)).traits
  }

  /// Whose templates were stolen.
  public var targets: TemplateTargets { system.evaluation.targets }

  /// The stolen templates, `[P, D]`, as the system made them.
  public var templates: Tensor { system.evaluation.templates }

  /// How like the stolen images others are.
  ///
  /// - Parameter readsTraits: whether the oracle reads them.
  func quality(
    of images: Reconstructions, readsTraits: Bool = true
  ) throws -> ReconstructionQuality {
    try ReconstructionQuality(
      of: images, targets: targets, by: distance, oracle: readsTraits ? oracle : nil,
      bootstrap: bootstrap, seed: seed)
  }
}
