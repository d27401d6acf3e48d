import Diffusion
import Torch

/// The optimisation of images under the prior alone, without the target.
public struct PriorAlone: ModelAttack {
  /// `prior_only`.
  public static let name = "prior_only"
  /// For pages.
  public static let title = "prior alone"
  /// The image.
  public static let optimised = OptimisedVariable.image

  /// It is always asked for.
  public init?(_ recipe: ModelRecipe) {}

  /// Images.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    let recipe = attacker.recipe
    return try ImageOptimisation(
      settings: recipe.reconstruction, prior: attacker.prior, attacker: attacker,
      priorLoss: recipe.losses.prior.loss(), objective: nil
    ).images(
      of: attacker.repeated(classes, count), examples: attacker.examples(classes, count))
  }
}

/// The optimisation of images under the prior and the target, with the prior as it was before it was fine-tuned.
public struct PretrainedAttack: ModelAttack {
  /// `attack_untuned`.
  public static let name = "attack_untuned"
  /// For pages.
  public static let title = "attack without fine-tuning"
  /// The image.
  public static let optimised = OptimisedVariable.image
  /// It does.
  public static let usesImageLoss = true

  /// `nil` without fine-tuning, where it is the attack itself.
  public init?(_ recipe: ModelRecipe) {
    guard recipe.fineTuning.isOn else { return nil }
  }

  /// Images.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    try attacker.optimised(classes, count, under: attacker.prior)
  }
}

/// The whole attack: the fine-tuned prior, and images that are optimised under it and the target.
public struct TunedAttack: ModelAttack {
  /// `attack`.
  public static let name = "attack"
  /// For pages.
  public static let title = "attack"
  /// The image, after the prior was fine-tuned.
  public static let optimised = OptimisedVariable.image
  /// It does.
  public static let needsTunedPrior = true
  /// It does.
  public static let usesImageLoss = true

  /// It is always asked for.
  public init?(_ recipe: ModelRecipe) {}

  /// Images.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    try attacker.optimised(classes, count, under: attacker.tuned)
  }
}

extension Attacker {
  /// Images of classes, optimised under a prior and the target.
  func optimised(_ classes: [Int], _ count: Int, under prior: Prior) throws -> Tensor {
    try ImageOptimisation(
      settings: recipe.reconstruction, prior: prior, attacker: self,
      priorLoss: recipe.losses.prior.loss(), objective: ImageObjective(recipe, self)
    ).images(of: repeated(classes, count), examples: examples(classes, count))
  }
}
