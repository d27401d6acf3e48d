import Networks
import Torch

/// What images are optimised for beside the prior: `L_cls` with its centres and angles, and `L_id` where it is asked
/// for; one number an image.
struct ImageObjective: Sendable {
  private let model: TargetModel
  private let centres: Tensor
  private let losses: ModelLosses.Classifier
  private let identity: (loss: FeatureLoss, share: Double, known: Attacker.Known)?

  /// The losses of a recipe.
  ///
  /// - Throws: ``InversionError`` for losses that cannot be, or an identity that is not known.
  init(_ recipe: ModelRecipe, _ attacker: Attacker) throws {
    model = attacker.model
    centres = attacker.centres
    losses = recipe.imageLoss
    let share = recipe.reconstruction.identity
    guard share > 0 else {
      identity = nil
      return
    }
    guard let known = attacker.identity else {
      throw InversionError.missingPart(loss: "reconstruction.identity", part: "encoder")
    }
    identity = (try recipe.losses.identity.featureLoss(), share, known)
  }

  /// The loss of each image, `[B]`, with its history.
  func losses(_ images: Tensor, classes: Tensor) throws -> Tensor {
    let answers = try model(images)
    guard let loss = try losses.loss() else {
      throw InversionError.missingPart(loss: "classifier", part: "a loss of logits")
    }
    var total = try loss.losses(answers.logits, labels: classes)
    if losses.rule != nil {
      let wanted = centres.selecting(rows: classes).to(answers.features.dtype)
      total =
        total + (answers.features - wanted).squared().mean(along: 1) * losses.centreShare
    }
    if let angle = losses.angle {
      let cosines = try AngularRivals.cosines(of: answers.features, with: model.directions)
      total =
        total
        + (try AngularRivals(margin: angle).losses(cosines, labels: classes)) * losses.angleShare
    }
    guard let identity else { return total }
    let people = classes.values(as: Int.self)
    let found = try identity.known.encoder.templates(of: images)
    let all = identity.known.vectors.to(found.dtype)
    return total
      + (try identity.loss.losses(
        found, targets: all.selecting(rows: people), identities: people,
        negatives: Negatives(all, identities: Array(0..<all.size(0))))) * identity.share
  }
}
