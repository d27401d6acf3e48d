import Torch
import Training

/// The denoising error of the labelled images: `λ(σ) ‖D(x + σn; σ) - x‖²` (Karras et al., NeurIPS 2022).
public struct Denoising: Term {
  /// Noise and conditions.
  public var draw: NoiseDraw
  /// Whether errors of one image are summed, as in the article, or averaged.
  public var reduction: PixelReduction

  /// The term; errors are averaged over pixels, so that weights of other terms mean the same for images
  /// of any size.
  ///
  /// - Throws: ``DiffusionError/setting(name:value:allowed:)`` for a draw that cannot be.
  public init(
    _ draw: NoiseDraw = NoiseDraw(), reduction: PixelReduction = .mean
  ) throws(DiffusionError) {
    try draw.validate()
    self.draw = draw
    self.reduction = reduction
  }

  /// `denoising`.
  public var name: String { "denoising" }
  /// It is a sum of squares.
  public var isBoundedBelowByZero: Bool { true }
  /// It looks at images.
  public var outputs: OutputKind? { nil }
  /// Images are denoised one by one.
  public var isMeanOverExamples: Bool { true }
  /// It runs a denoiser, which is no layer.
  public var needsLayer: Bool { false }

  /// The mean over the batch.
  public func value(in step: StepContext) throws -> Tensor {
    let batch = try step.denoised(by: draw, for: name)
    return DenoisingLoss.values(
      estimate: batch.estimate, clean: batch.clean, level: batch.level,
      preconditioning: batch.preconditioning, reduction: reduction
    ).mean()
  }
}
