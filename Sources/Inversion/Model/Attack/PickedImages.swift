import Torch

/// Public images at random: what is reached without any leak.
public struct RandomImages: ModelAttack {
  /// `random_public`.
  public static let name = "random_public"
  /// For pages.
  public static let title = "random public images"
  /// Nothing.
  public static let optimised = OptimisedVariable.none
  /// It does not.
  public static let needsChoices = false

  /// It is always asked for.
  public init?(_ recipe: ModelRecipe) {}

  /// Images at random.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    try ClassImages.random(
      for: classes, among: attacker.publicImages, count: count, seed: attacker.context.seed
    ).images
  }
}

/// The public images that the target takes for a class most readily: the cheapest attack, which makes nothing.
public struct LookAlikes: ModelAttack {
  /// `look_alikes`.
  public static let name = "look_alikes"
  /// For pages.
  public static let title = "public look-alikes"
  /// Nothing.
  public static let optimised = OptimisedVariable.none

  /// It is always asked for.
  public init?(_ recipe: ModelRecipe) {}

  /// The first ones of each class.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    let chosen = classes.flatMap { attacker.lookAlikes[$0].prefix(count) }
    guard chosen.count == classes.count * count else {
      throw InversionError.tooFew(
        "public images of a class", count: attacker.lookAlikes.first?.count ?? 0, least: count)
    }
    return attacker.publicImages.selecting(rows: chosen)
  }
}
