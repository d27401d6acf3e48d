import Torch

/// ``MIFace`` with the article's stop rule, from the mean public image with a little noise. From black, where the
/// article starts, the probability of a class among many is zero to the last bits, and nothing happens.
public struct MIFaceAttack: ModelAttack {
  /// `mi_face`.
  public static let name = "mi_face"
  /// For pages.
  public static let title = "MI-Face"
  /// The image.
  public static let optimised = OptimisedVariable.image
  /// It does not.
  public static let needsChoices = false
  private let attack: MIFace

  /// `nil` with 0 iterations.
  public init?(_ recipe: ModelRecipe) {
    guard recipe.miFace.iterations > 0 else { return nil }
    attack = MIFace(iterations: recipe.miFace.iterations, rate: recipe.miFace.rate)
  }

  /// Images.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    try attack.images(of: classes, count: count, by: attacker)
  }
}

/// ``MIFace`` with ART's stop rule, which ends where the article's goes on.
public struct MIFaceARTAttack: ModelAttack {
  /// `mi_face_art`.
  public static let name = "mi_face_art"
  /// For pages.
  public static let title = "MI-Face, ART's stop rule"
  /// The image.
  public static let optimised = OptimisedVariable.image
  /// It does not.
  public static let needsChoices = false
  private let attack: MIFace

  /// `nil` with 0 iterations.
  public init?(_ recipe: ModelRecipe) {
    guard recipe.miFace.iterations > 0 else { return nil }
    attack = MIFace(
      iterations: recipe.miFace.iterations, rate: recipe.miFace.rate, stop: .artCompatible())
  }

  /// Images.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    try attack.images(of: classes, count: count, by: attacker)
  }
}

extension MIFace {
  /// Images of classes from starts of their own.
  fileprivate func images(
    of classes: [Int], count: Int, by attacker: Attacker
  ) throws -> Tensor {
    let all = attacker.repeated(classes, count)
    let noise = attacker.normals("inversion.mi-face", examples: attacker.examples(classes, count))
    let middle = attacker.publicImages.mean(along: 0).unsqueezed(0)
    let start = (noise * 0.05 + middle).clamped(to: box)
    let target = attacker.target
    return try attacker.inParts(all.count) { part in
      try images(
        of: Array(all[part]), from: start[part].contiguous(), by: target
      ).images.detached()
    }
  }
}
