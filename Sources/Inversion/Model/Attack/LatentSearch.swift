import Diffusion
import Torch

/// A search for the noise that sampling starts from, as GMI searches the latent of a generator (Zhang et al., CVPR
/// 2020): the target's cross-entropy of what is sampled, and the length of the noise, which a normal variable keeps.
///
/// GMI's own generator and its discriminator are of another kind; here the generator is a few steps of the
/// prior, and the noise is kept likely by `½ ‖z‖² / D` in place of a discriminator.
public struct LatentSearch: ModelAttack {
  /// `latent_search`.
  public static let name = "latent_search"
  /// For pages.
  public static let title = "search in the noise"
  /// The noise.
  public static let optimised = OptimisedVariable.noise
  private let settings: ModelRecipe.Latent

  /// `nil` with 0 iterations.
  public init?(_ recipe: ModelRecipe) {
    guard recipe.latent.iterations > 0 else { return nil }
    settings = recipe.latent
  }

  /// Images.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    let all = attacker.repeated(classes, count)
    let examples = attacker.examples(classes, count)
    let condition = try attacker.prior.condition(ofClasses: all)
    return try attacker.inParts(all.count) { part in
      try found(
        classes: Tensor(Array(all[part])), examples: Array(examples[part]),
        condition: condition[part], attacker)
    }
  }

  private func found(
    classes: Tensor, examples: [Int], condition: Tensor, _ attacker: Attacker
  ) throws -> Tensor {
    let prior = attacker.prior
    let denoiser = prior.network.denoiser(condition: condition, guidance: settings.guidance)
    let sampler = Sampler(.euler, levels: NoiseLevels(steps: settings.steps))
    func images(_ noise: Tensor) throws -> Tensor {
      let start = noise.to(.float64) * (sampler.levels.values.first ?? 0)
      let made = try sampler.sample(denoiser, from: start) { _ in .zeros(like: start) }
      return prior.description.range.values(made.to(.float32))
    }
    var noise = attacker.normals("inversion.latent", examples: examples)
    var optimiser = Adamax(stepSize: settings.stepSize)
    for _ in 0..<settings.iterations {
      let (_, slope) = try valueAndGradient(at: noise) { noise in
        let logits = try attacker.model(images(noise)).logits
        let length = noise.squared().flattened(from: 1).mean(along: 1) * 0.5
        return (try ClassifierLoss.crossEntropy.losses(logits, labels: classes) + length).sum()
      }
      noise = optimiser.step(noise, slope)
    }
    return try withoutGradients { try images(noise).clamped(to: 0...1).detached() }
  }
}
