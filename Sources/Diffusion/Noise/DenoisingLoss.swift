import Torch

/// How squared errors of one image become its loss.
public enum PixelReduction: String, Sendable, Codable, CaseIterable {
  /// The sum over channels and pixels, as in Karras et al. (NeurIPS 2022).
  case sum
  /// The mean over channels and pixels, so that weights of other terms mean the same for images of
  /// any size.
  case mean
}

/// The loss of a denoiser: `λ(σ) ‖D(x + σn; σ) - x‖²` of every image (Karras et al., NeurIPS 2022,
/// equation 2).
public enum DenoisingLoss {
  /// The loss of every image, `[N]`, with its history.
  ///
  /// - Parameters:
  ///   - estimate: what was denoised, `[N, C, H, W]`.
  ///   - clean: the images without noise, of the same shape.
  ///   - level: the noise level of every image, `[N]`.
  public static func values(
    estimate: Tensor, clean: Tensor, level: Tensor, preconditioning: Preconditioning,
    reduction: PixelReduction = .mean
  ) -> Tensor {
    let errors = (estimate - clean).squared().flattened(from: 1)
    let weight = preconditioning.weight(level.to(.float64)).to(errors.dtype)
    return weight * (reduction == .sum ? errors.sum(along: 1) : errors.mean(along: 1))
  }
}
