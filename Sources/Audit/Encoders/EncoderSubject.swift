import Datasets
import Foundation
import Inversion
import Runs
import Torch

/// What is audited: an encoder, whose answers are templates and no scores of classes, and the people it is
/// judged on.
public struct EncoderSubject: Sendable {
  /// What the encoder is called.
  public let name: String
  /// The encoder.
  public let encoder: any TemplateEncoder
  /// How hard to look.
  public let settings: EncoderAuditSettings
  /// Seed and workers.
  public let context: Context
  /// Whom the encoder learned from, by name; `nil` where that is not known.
  public let learned: Set<String>?
  /// Who tells a person how far the work is.
  let voice: any RunVoice
  let inversion: TemplateInversion
  let shelf: EncoderShelf

  /// A subject; reads the encoder and the data.
  ///
  /// - Parameters:
  ///   - settings: `inversion.encoders.system.path` is the encoder; its seed becomes the context's.
  ///   - learned: the names of the people whom the encoder learned from, where they are known and mean the
  ///     same people in the data.
  ///   - cache: where encoders that judge are kept.
  /// - Throws: `InversionError` for an encoder that gives no usable templates, for people in two sets, and
  ///   when the encoder learned from people it is to be judged on; why files cannot be read.
  public init(
    name: String, settings: EncoderAuditSettings, context: Context, learned: Set<String>? = nil,
    cache: URL, voice: any RunVoice = SilentVoice()
  ) throws {
    var settings = settings
    settings.inversion.seed = context.seed
    guard settings.inversion.encoders.system.path != nil else {
      throw InversionError.setting(
        name: "encoders.system.path", value: "not given", allowed: "the audited encoder")
    }
    try settings.inversion.validate()
    let inversion = try TemplateInversion(settings.inversion)
    let judged = Set(inversion.data.privateImages.classNames)
      .union(inversion.data.thresholdImages.classNames)
    let known = judged.intersection(learned ?? []).sorted()
    guard known.isEmpty else {
      throw InversionError.sharedIdentities(
        known, first: "learned by the encoder", second: "private or for thresholds")
    }
    let shelf = inversion.shelf(cache: cache, voice: voice)
    // With a path it is read and not trained, so that nobody can stop it.
    guard let encoder = try shelf.template(settings.inversion.encoders.system, as: "system")
    else { throw CancellationError() }
    let sample = inversion.data.publicImages.batch(
      Array(0..<min(8, inversion.data.publicImages.count)))
    try encoder.checkIsDeterministic(on: sample.inputs)
    self.name = name
    self.encoder = encoder
    self.settings = settings
    self.context = context
    self.learned = learned
    self.voice = voice
    self.inversion = inversion
    self.shelf = shelf
  }

  /// The protections that are measured.
  var defences: [EncoderAuditSettings.Defence] {
    settings.defences
      ?? EncoderAuditSettings.standardDefences(width: encoder.templateWidth)
  }
}
