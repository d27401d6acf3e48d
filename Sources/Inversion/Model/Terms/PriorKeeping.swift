import Diffusion
import Torch
import Training

/// `L_prior` while a prior is trained or fine-tuned: the denoising error of public images, weighted by noise, which
/// keeps other losses from spoiling the prior.
public struct PriorKeeping: ImageTerm {
  /// The loss.
  public let loss: PriorLoss
  private let draw: NoiseDraw

  /// The term, on the images that the model denoises by a draw.
  public init(_ loss: PriorLoss, draw: NoiseDraw) {
    self.loss = loss
    self.draw = draw
  }

  /// `prior`.
  public var name: String { "prior" }
  /// It is a sum of squares, and of cosines less than one.
  public var isBoundedBelowByZero: Bool { true }
  /// Images are denoised one by one.
  public var isMeanOverExamples: Bool { true }

  /// The mean over the batch, of means over pixels.
  ///
  /// - Throws: `DiffusionError` when the model does not denoise.
  public func value(in step: StepContext) throws -> Tensor {
    let batch = try step.denoised(by: draw, for: name)
    return loss.losses(
      PriorLoss.Guess(
        clean: batch.clean, noisy: batch.noisy, estimate: batch.estimate, level: batch.level,
        quantile: batch.quantile),
      scale: batch.preconditioning.weight(batch.level)
    ).mean()
  }
}
