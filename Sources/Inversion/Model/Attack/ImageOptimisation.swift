import Diffusion
import Foundation
import Torch

/// Diff-MI's second optimisation (Li et al., 2024): the image itself is moved, in turns against the gradient of
/// `L_prior` and of `L_cls`, while noise falls; then noise of a little level is added and taken away by the prior.
///
/// Gradients of the classifier are shortened to a multiple of the prior's mean length, image by image, so that an
/// image does not depend on which others are optimised beside it. Diff-MI's code balances whole batches.
struct ImageOptimisation: Sendable {
  let settings: ModelRecipe.Reconstruction
  let prior: Prior
  let attacker: Attacker
  let priorLoss: PriorLoss
  /// What is asked of images `[B, C, H, W]` of the data's range and of their classes, `[B]`; nothing when `nil`.
  let objective: ImageObjective?

  /// Images of classes, one for each, in the data's range.
  ///
  /// - Parameter examples: a number for each image, which its random streams depend on.
  func images(of classes: [Int], examples: [Int]) throws -> Tensor {
    let condition = try prior.condition(ofClasses: classes)
    let optimised = try attacker.inParts(classes.count) { part in
      try climb(
        classes: Tensor(Array(classes[part])), examples: Array(examples[part]),
        condition: condition[part])
    }
    return try denoised(optimised, condition: condition)
  }

  /// The noise level of an iteration: from the first level to the last by equal factors, times a factor near one.
  func level(at iteration: Int) -> Double {
    let left = Double(settings.iterations - iteration) / Double(settings.iterations)
    var stream = RandomStream(
      seed: attacker.context.seed, purpose: "inversion.level", index: UInt64(iteration))
    return settings.lastLevel * pow(settings.firstLevel / settings.lastLevel, left)
      * exp(settings.jitter * stream.normal())
  }

  private func climb(classes: Tensor, examples: [Int], condition: Tensor) throws -> Tensor {
    let known = ImagePrior(
      prior.network.denoiser(condition: condition, guidance: settings.guidance),
      levels: attacker.recipe.prior.noise, loss: priorLoss)
    let range = prior.description.range
    var images = attacker.normals("inversion.start", examples: examples)
    var optimiser = Adamax(stepSize: settings.stepSize)
    var reach: Tensor?
    for iteration in 0..<settings.iterations {
      let noise = attacker.normals("inversion.noise.\(iteration)", examples: examples)
      let level = level(at: iteration)
      let (_, slope) = try valueAndGradient(at: images) {
        try known.losses($0, noise: noise, level: level).sum()
      }
      let length = Self.lengths(slope)
      reach = reach.map { $0 * settings.decay + length * (1 - settings.decay) } ?? length
      images = optimiser.step(images, slope)
      guard let objective, let reach else { continue }
      let shifts = settings.shifts(at: iteration, seed: attacker.context.seed)
      let (_, push) = try valueAndGradient(at: images) { images in
        let pictures = range.values(images)
        return try shifts.map {
          try objective.losses(pictures.shifted(by: $0), classes: classes).sum()
        }.reduce(Tensor.zeros([]), +) / Double(shifts.count)
      }
      let share = (reach * settings.balance / (Self.lengths(push) + 1e-12)).clamped(to: 0...1)
      images = optimiser.step(images, push * share)
    }
    return images.detached()
  }

  private static func lengths(_ gradient: Tensor) -> Tensor {
    gradient.squared().flattened(from: 1).sum(along: 1).sqrt().reshaped([-1, 1, 1, 1])
  }

  /// Noise of a little level, and samples from there.
  private func denoised(_ images: Tensor, condition: Tensor) throws -> Tensor {
    let range = prior.description.range
    guard settings.restartSteps > 0 else { return range.pictures(images.to(.float64)) }
    var request = SampleRequest(count: images.size(0), condition: condition)
    request.guidance = settings.guidance
    request.restart = range.values(images)
    let levels = NoiseLevels(steps: settings.restartSteps).starting(at: settings.restartLevel)
    return try prior.samples(request, by: Sampler(.heun, levels: levels), context: attacker.context)
      .images
  }
}

extension ModelRecipe.Reconstruction {
  /// By how many rows and columns images are shifted before the target sees them, in an iteration.
  func shifts(at iteration: Int, seed: UInt64) -> [(rows: Int, columns: Int)] {
    var stream = RandomStream(
      seed: seed, purpose: "inversion.shift", index: UInt64(iteration))
    return (0..<max(1, copies)).map { _ in
      guard shift > 0 else { return (0, 0) }
      let rows = Int.random(in: -shift...shift, using: &stream)
      return (rows, Int.random(in: -shift...shift, using: &stream))
    }
  }
}

extension Tensor {
  /// Images `[B, C, H, W]` shifted by whole pixels, black where nothing was.
  func shifted(by shift: (rows: Int, columns: Int)) -> Tensor {
    guard shift != (0, 0) else { return self }
    let (height, width) = (size(2), size(3))
    let reach = Swift.max(Swift.abs(shift.rows), Swift.abs(shift.columns))
    return padded([reach, reach, reach, reach])
      .narrowed(to: reach - shift.rows..<reach - shift.rows + height, along: 2)
      .narrowed(to: reach - shift.columns..<reach - shift.columns + width, along: 3)
  }
}
