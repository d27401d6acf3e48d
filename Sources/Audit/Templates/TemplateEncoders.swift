import Datasets
import Foundation
import Inversion
import Networks
import Torch

/// The encoders of an audit of templates in their roles, and what images are compared by.
package struct TemplateEncoders: Sendable {
  /// Who does what.
  package let roles: EncoderRoles
  /// What the loss compares images by.
  package let perception: PerceptualDistance
  /// What reconstructions are measured by: another network than the loss's, where they are trained here.
  package let judge: PerceptualDistance

  /// Reads or trains what is needed; `nil` when somebody asked to stop.
  ///
  /// - Throws: `InversionError` when the evaluation encoder is one of the others, or the system's templates
  ///   cannot be used; what ``EncoderShelf`` throws.
  package init?(_ recipe: TemplateRecipe, _ data: TemplateData, on shelf: EncoderShelf) throws {
    let wanted = recipe.encoders
    guard try shelf.prepare(wanted.roles + wanted.perception.networks) else { return nil }
    guard let plain = try shelf.template(wanted.system, as: "system"),
      let evaluation = try shelf.template(wanted.evaluation, as: "evaluation")
    else { return nil }
    let sample = TemplateData.images(of: try data.publicImages.prefix(8))
    // Before protections: rounding may turn the last bits into steps.
    for encoder in [plain, evaluation] { try encoder.checkIsDeterministic(on: sample) }
    let system: any TemplateEncoder = try recipe.protection?.applied(to: plain) ?? plain
    var attack = system
    if let other = wanted.attack {
      guard let encoder = try shelf.template(other, as: "attack") else { return nil }
      try encoder.checkIsDeterministic(on: sample)
      attack = encoder
    }
    roles = try EncoderRoles(system: system, attack: attack, evaluation: evaluation)
    guard let eyes = try wanted.perception.distances(on: shelf) else { return nil }
    (perception, judge) = eyes
  }
}
