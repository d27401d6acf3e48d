import Diffusion
import Torch
import Training

/// `g(σ) L_perc` of template inversion: the perceptual distance of denoised images to the images themselves.
public struct PerceptualMatching: Term {
  private let distance: PerceptualDistance
  private let draw: NoiseDraw
  private let gate: NoiseGate

  /// The term.
  ///
  /// - Parameters:
  ///   - draw: that of the `Denoising` term.
  ///   - gate: how much each noise level counts.
  public init(_ distance: PerceptualDistance, draw: NoiseDraw, gate: NoiseGate) {
    self.distance = distance
    self.draw = draw
    self.gate = gate
  }

  /// `perceptual`.
  public var name: String { "perceptual" }
  /// It is a sum of squares.
  public var isBoundedBelowByZero: Bool { true }
  /// It looks at images.
  public var outputs: OutputKind? { nil }
  /// Images are compared one by one.
  public var isMeanOverExamples: Bool { true }
  /// It runs a denoiser, which is no layer.
  public var needsLayer: Bool { false }

  /// The mean over the batch.
  public func value(in step: StepContext) throws -> Tensor {
    let denoised = try step.denoised(by: draw, for: name)
    let losses = try distance(
      draw.range.values(denoised.estimate), draw.range.values(denoised.clean))
    return (losses * gate(denoised.level).to(losses.dtype)).mean()
  }
}
