import Datasets
import Diffusion
import Files
import Foundation
import Inversion
import Networks
import Torch
import Training

/// The networks of an audit of a classifier: the target, what judges, what the attack works with.
package struct ModelNetworks {
  /// The audited classifier.
  package let target: any Classifier
  /// What judges.
  package let evaluator: Evaluator
  /// What losses of identity are computed with; `nil` where no loss asks for it.
  package let attack: (any TemplateEncoder)?
  /// The verification system.
  package let verification: (any TemplateEncoder)?
  /// What the loss compares images by.
  package let perception: PerceptualDistance
  /// What images are measured by: another network than the loss's, where they are trained here.
  package let judge: PerceptualDistance
  /// What reads traits.
  package let oracle: AttributeOracle?
  /// What reads circumstances; `nil` where no loss asks for it.
  package let reader: AttributeReader?
  /// The first stage of the prior.
  package let base: DenoisingNetwork

  /// Reads or trains what is needed; `nil` when somebody asked to stop.
  ///
  /// - Throws: `InversionError` when the evaluator is the target or an encoder is used for two things; why files
  ///   cannot be read; what training throws.
  package init?(_ inversion: ModelInversion, on shelf: Shelf) throws {
    let kept = ModelShelf(inversion, shelf)
    guard try shelf.prepare(kept.firstItems()), try shelf.prepare(kept.items()) else { return nil }
    guard let target = try kept.classifier(.target), let judge = try kept.classifier(.evaluator)
    else { return nil }
    self.target = target
    evaluator = try kept.evaluator(judge)
    try evaluator.checkIndependence(
      of: target, on: TemplateData.images(of: try inversion.data.training.prefix(16)))
    attack = inversion.recipe.comparesTemplates ? try kept.encoder(.attack) : nil
    verification = try kept.encoder(.verification)
    if let attack, let verification {
      _ = try EncoderRoles(system: attack, attack: attack, evaluation: verification)
    }
    guard let distances = try kept.distances() else { return nil }
    (perception, self.judge) = (distances.loss, distances.judge)
    oracle = try inversion.recipe.oracle?.reader(
      beside: inversion.recipe.data, file: kept.file("traits"))
    reader = try inversion.recipe.losses.comparesAttributes ? kept.reader() : nil
    guard let base = try kept.base() else { return nil }
    self.base = base
  }
}
