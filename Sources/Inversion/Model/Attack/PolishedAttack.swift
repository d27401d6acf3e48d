import Perturbations
import Torch

/// The attack's images after a few steps of projected gradient descent on the target's loss in a small ball. They
/// suit the target better than they show anybody, so that the row stands apart.
public struct PolishedAttack: ModelAttack {
  /// `polished`.
  public static let name = "polished"
  /// For pages.
  public static let title = "attack, polished"
  /// The image.
  public static let optimised = OptimisedVariable.image
  /// It does.
  public static let needsTunedPrior = true
  /// The attack's.
  public static var beginsWith: (any ModelAttack.Type)? { TunedAttack.self }
  private let radius: Double
  private let steps: Int

  /// `nil` with a radius of 0.
  public init?(_ recipe: ModelRecipe) {
    guard recipe.reconstruction.polishRadius > 0 else { return nil }
    radius = recipe.reconstruction.polishRadius
    steps = recipe.reconstruction.polishSteps
  }

  /// Images.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    let images =
      try attacker.made[TunedAttack.name]
      ?? attacker.optimised(classes, count, under: attacker.tuned)
    let wanted = attacker.repeated(classes, count)
    let examples = attacker.examples(classes, count)
    let ball = try Ball(L2(), radius: radius, box: 0...1)
    let attack = ProjectedGradient(
      steps: steps, hasRandomStart: false,
      goal: .classes(Dictionary(uniqueKeysWithValues: zip(examples, wanted))), stopsEarly: false)
    // Labels are of other classes: an image that is taken for its class already is polished, too.
    let labels = wanted.map { ($0 + 1) % attacker.target.classCount }
    let batch = Batch(inputs: images, labels: Tensor(labels), indices: examples)
    let found = try attack.run(
      on: Target(attacker.target), batch, within: ball, context: attacker.context)
    return found.adversarial.to(.float32)
  }
}
