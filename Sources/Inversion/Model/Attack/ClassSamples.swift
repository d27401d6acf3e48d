import Diffusion
import Torch

/// Samples of the prior of each class as they come, before it was fine-tuned for the target.
public struct ClassSamples: ModelAttack {
  /// `samples`.
  public static let name = "samples"
  /// For pages.
  public static let title = "samples of the classes"
  /// Nothing.
  public static let optimised = OptimisedVariable.none
  private let sampling: ModelRecipe.Sampling

  /// It is always asked for.
  public init?(_ recipe: ModelRecipe) { sampling = recipe.sampling }

  /// Samples.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    try sampling.images(of: attacker.repeated(classes, count), by: attacker.prior, attacker)
  }
}

/// Samples of the prior after it was fine-tuned.
public struct TunedSamples: ModelAttack {
  /// `tuned_samples`.
  public static let name = "tuned_samples"
  /// For pages.
  public static let title = "samples, fine-tuned"
  /// What fine-tuning moves.
  public static let optimised = OptimisedVariable.embedding
  /// It does.
  public static let needsTunedPrior = true
  private let sampling: ModelRecipe.Sampling

  /// `nil` without fine-tuning.
  public init?(_ recipe: ModelRecipe) {
    guard recipe.fineTuning.isOn else { return nil }
    sampling = recipe.sampling
  }

  /// Samples.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    try sampling.images(of: attacker.repeated(classes, count), by: attacker.tuned, attacker)
  }
}

/// Samples that are led by the gradient of the target, `D + w σ² ∇ log p_T(y | D)`.
public struct GuidedSamples: ModelAttack {
  /// `guided_samples`.
  public static let name = "guided_samples"
  /// For pages.
  public static let title = "samples led by the target"
  /// The way of sampling.
  public static let optimised = OptimisedVariable.guidance
  private let sampling: ModelRecipe.Sampling

  /// `nil` where the weight of the target is 0.
  public init?(_ recipe: ModelRecipe) {
    guard recipe.sampling.targetWeight > 0 else { return nil }
    sampling = recipe.sampling
  }

  /// Samples.
  public func images(of classes: [Int], count: Int, by attacker: Attacker) throws -> Tensor {
    let all = attacker.repeated(classes, count)
    let (target, range) = (attacker.target, attacker.prior.description.range)
    let weight = sampling.targetWeight
    return try sampling.images(of: all, by: attacker.prior, attacker) { denoiser, chunk in
      let labels = Tensor(Array(all[chunk])).unsqueezed(1)
      return denoiser.guided(weight: weight) { guess in
        let images = range.values(guess.estimate).to(.float32)
        return try target.logits(images).logSoftmax(along: 1).gathering(labels, along: 1).sum()
      }
    }
  }
}

extension ModelRecipe.Sampling {
  /// Samples of some classes, float32, in the data's range.
  func images(
    of classes: [Int], by prior: Prior, _ attacker: Attacker,
    guide: (@Sendable (Denoiser, Range<Int>) -> Denoiser)? = nil
  ) throws -> Tensor {
    var request = SampleRequest(
      count: classes.count, condition: try prior.condition(ofClasses: classes))
    request.guidance = guidance
    request.guide = guide
    return try prior.samples(request, by: sampler, context: attacker.context).images
  }
}
