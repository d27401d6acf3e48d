import Diffusion
import Torch

extension Denoiser {
  /// The denoiser of images whose templates are near given ones: the direction of a template follows a von
  /// Mises-Fisher distribution about the one that was stolen, `log p(t | x) = κ cos(F(x), t)` up to a constant,
  /// where `x` is what the denoiser takes the clean image for.
  ///
  /// What is not known yet of a noisy image spreads its template, too. Of a direction that is quite unknown
  /// every coordinate has the variance `1/D`; of it the share `σ² / (σ² + σ_d²)` is taken, that of noise in what
  /// the denoiser sees, and `1/κ` added (as pseudo-inverse guidance does; Song et al., ICLR 2023). With a large
  /// κ at all levels the first steps overshoot, and images fall apart.
  ///
  /// The gradient goes through the encoder, which therefore must be the attacker's to look into: a white box.
  ///
  /// - Parameters:
  ///   - templates: `[N, D]`, of the noisy images' order.
  ///   - concentration: κ, positive; the larger, the nearer templates come.
  ///   - dataDeviation: σ_d.
  ///   - range: that of the encoder's images.
  func guided(
    towards templates: Tensor, by encoder: any TemplateEncoder, concentration: Double,
    dataDeviation: Double, range: PixelRange
  ) -> Denoiser {
    guided { guess in
      let variance = guess.level * guess.level
      let share = variance / (variance + dataDeviation * dataDeviation)
      let spread = 1 / concentration + share / Double(encoder.templateWidth)
      let images = range.values(guess.estimate).to(.float32)
      return try encoder.templates(of: images).cosineSimilarity(to: templates) / spread
    }
  }
}
