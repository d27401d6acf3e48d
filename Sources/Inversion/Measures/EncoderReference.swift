import Datasets
import Statistics
import Torch

/// What an encoder says of all that reconstructions are compared with, before there is one: its thresholds,
/// real images of the people, and strangers.
public struct EncoderReference: Sendable {
  /// How rows are counted.
  public let evaluation: TemplateEvaluation
  /// Real images of the people.
  public let genuine: TemplateRow
  /// Strangers at random.
  public let randomPublic: TemplateRow
  /// The strangers that an attacker picks who makes nothing.
  public let nearestPublic: TemplateRow
  /// What is to be said of thresholds that rest on too few pairs.
  public let warnings: [String]

  /// A reference.
  ///
  /// - Parameters:
  ///   - encoder: the judge, which has thresholds of its own.
  ///   - thresholds: images of a third set of people.
  ///   - strangers: public images, `[M, C, H, W]`.
  ///   - nearest: those of them that are most like the templates, one a target.
  /// - Throws: ``InversionError``, `StatisticsError`, what the encoder throws.
  public init(
    by encoder: any TemplateEncoder, targets: TemplateTargets, thresholds: Dataset,
    strangers: Tensor, nearest: Reconstructions, bootstrap: Bootstrap, seed: UInt64
  ) throws {
    let limits = try SystemThresholds(
      encoder, images: TemplateData.images(of: thresholds), identities: thresholds.labelValues)
    evaluation = try TemplateEvaluation(
      encoder, targets: targets, thresholds: limits, bootstrap: bootstrap, seed: seed)
    genuine = try evaluation.genuine()
    randomPublic = try evaluation.randomPublic(strangers)
    nearestPublic = try evaluation.row("nearest public", nearest)
    warnings = limits.warnings
  }
}
