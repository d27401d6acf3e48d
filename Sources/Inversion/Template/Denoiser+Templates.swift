import Diffusion
import Torch

extension Denoiser {
  /// The denoiser of images whose templates are around given ones: the directions of templates follow a
  /// von Mises-Fisher distribution, `log p(t | x) = κ cos(F(x), t)` up to a constant, and `x` is what the
  /// denoiser takes the clean image for (Chung et al., ICLR 2023, section 3.2).
  ///
  /// The gradient goes through the encoder, which therefore must be the attacker's to look into: a white box.
  ///
  /// - Parameters:
  ///   - templates: `[N, D]`, of the noisy images' order.
  ///   - concentration: κ, positive; the larger, the nearer templates come.
  ///   - range: that of the encoder's images.
  func guided(
    towards templates: Tensor, by encoder: any TemplateEncoder, concentration: Double,
    range: PixelRange
  ) -> Denoiser {
    guided(weight: concentration) { guess in
      let images = range.values(guess.estimate).to(.float32)
      return try encoder.templates(of: images).cosineSimilarity(to: templates)
    }
  }
}
