import Datasets
import Foundation
import Torch

extension TemplateRecipe.Oracle {
  /// The people that readers learn from: others than the private ones.
  func portraits(like data: TemplateRecipe.Data) throws -> Portraits {
    let options = data.portraits ?? PortraitOptions()
    return try Portraits(
      privateIdentities: 1, publicIdentities: people, pool: .public, size: options.size ?? 32,
      isColor: options.color ?? false, minimumDistance: 0)
  }

  var settings: AttributeOracle.Settings {
    var settings = AttributeOracle.Settings()
    (settings.pictures, settings.epochs, settings.width) = (pictures, epochs, width)
    return settings
  }

  /// What people are drawn from: another seed than the data's, so that none of them is private.
  func seed(beside data: TemplateRecipe.Data) -> UInt64 { (data.drawSeed ?? 0) &+ 1 }

  /// A reader of traits that learns from other people than the private ones.
  ///
  /// - Parameter file: where its weights are kept.
  /// - Throws: as the oracle.
  public func reader(
    beside data: TemplateRecipe.Data, file: URL? = nil
  ) throws -> AttributeOracle {
    try AttributeOracle(
      learningFrom: portraits(like: data), seed: seed(beside: data), settings: settings,
      file: file)
  }

  /// A reader of how portraits were taken, for losses that keep it, from the same people.
  ///
  /// - Parameter file: where its weights are kept.
  /// - Throws: as the oracle.
  public func circumstances(
    beside data: TemplateRecipe.Data, file: URL? = nil
  ) throws -> AttributeReader {
    try AttributeReader(
      learningFrom: portraits(like: data), seed: seed(beside: data), settings: settings,
      file: file)
  }
}
