import Torch

/// One way to make images of the classes of a classifier: a row of a table of model inversion.
///
/// To add one, write it in a file of its own and name it in ``ModelAttacks/all``.
public protocol ModelAttack: Sendable {
  /// The name of its row, and of its findings.
  static var name: String { get }
  /// What it is, for pages.
  static var title: String { get }
  /// What is optimised.
  static var optimised: OptimisedVariable { get }
  /// Whether it works with the prior that was fine-tuned for the target.
  static var needsTunedPrior: Bool { get }
  /// Whether it looks at the public images that the target chooses, or at a prior that learned them.
  static var needsChoices: Bool { get }
  /// Whether it optimises images by the target's loss, which must be one of logits alone.
  static var usesImageLoss: Bool { get }
  /// The attack whose images it begins with; `nil` where it makes its own.
  static var beginsWith: (any ModelAttack.Type)? { get }
  /// The attack as a recipe has it; `nil` where the recipe leaves it out.
  init?(_ recipe: ModelRecipe)
  /// Images `[Y · count, C, H, W]` of the classes, in the data's range, those of a class in a row. An image
  /// depends on its class, its number and the seed, and on no other image.
  ///
  /// - Throws: ``InversionError``; what target and prior throw.
  func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor
}

extension ModelAttack {
  /// It does not.
  public static var needsTunedPrior: Bool { false }
  /// It does.
  public static var needsChoices: Bool { true }
  /// It does not.
  public static var usesImageLoss: Bool { false }
  /// It makes its own.
  public static var beginsWith: (any ModelAttack.Type)? { nil }
}

/// All attacks there are, in the order of tables: from what makes nothing to the whole attack.
public enum ModelAttacks {
  /// One line an attack.
  public static let all: [any ModelAttack.Type] = [
    RandomImages.self, LookAlikes.self, MIFaceAttack.self, MIFaceARTAttack.self, ClassSamples.self,
    PriorAlone.self, GuidedSamples.self,
    LatentSearch.self, PretrainedAttack.self, TunedSamples.self, TunedAttack.self,
    PolishedAttack.self,
  ]

  /// Those that a recipe asks for.
  public static func chosen(by recipe: ModelRecipe) -> [any ModelAttack] {
    all.compactMap { type in
      (recipe.rows?.contains(type.name) ?? true) ? type.init(recipe) : nil
    }
  }
}
