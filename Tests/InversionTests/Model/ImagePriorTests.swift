import Diffusion
import Foundation
import Inversion
import Testing
import Torch

@Suite("The prior's loss on an image")
struct ImagePriorTests {
  private let image = Tensor([0.3, -0.4, 0.1, 0.8], shape: [1, 1, 2, 2])
  private let noise = Tensor([1.0, -1, 0.5, 2], shape: [1, 1, 2, 2])

  /// The best denoiser of normal images with a mean of zero and a deviation s.
  private func denoiser(_ s: Double) -> Denoiser {
    Denoiser { noisy, level in noisy * (s * s / (s * s + level * level)) }
  }

  @Test("value and gradient have closed forms for normal images, and the gradient goes both ways")
  func closedForm() throws {
    let (s, level) = (0.5, 0.8)
    let share = s * s / (s * s + level * level)
    let prior = ImagePrior(denoiser(s), loss: try PriorLoss())
    let (value, gradient) = try prior.meanAndGradient(at: image, noise: noise, level: level)
    // D(x + σn) - x = (c - 1) x + c σ n; the slope of the mean of squares has the factor c - 1.
    let errors = zip(
      image.values(as: Double.self), noise.values(as: Double.self)
    ).map { (share - 1) * $0 + share * level * $1 }
    let squares = errors.map { $0 * $0 / (level * level) }
    #expect(abs(value.item - squares.reduce(0, +) / 4) < 1e-12)
    let wanted = errors.map { 2 * $0 * (share - 1) / (level * level) / 4 }
    #expect(areClose(gradient.values(), wanted))
  }

  @Test("it is the squared error of noise, and follows the weights by noise")
  func noiseError() throws {
    let level = 0.02
    let plain = try ImagePrior(denoiser(0.4), loss: PriorLoss())
      .losses(image, noise: noise, level: level).item
    let noisy = image + noise * level
    let found = (noisy - (try denoiser(0.4)(noisy, level))) / level
    #expect(abs(plain - (noise - found).squared().mean().item) < 1e-10)
    let weighted = try ImagePrior(denoiser(0.4), loss: PriorLoss(importance: .byNoise))
      .losses(image, noise: noise, level: level).item
    #expect(abs(weighted - 1.5 * plain) < 1e-12)
  }

  @Test("descent makes an image likelier: nearer to the mean of normal images")
  func descends() throws {
    let prior = ImagePrior(denoiser(0.3), loss: try PriorLoss())
    var now = image * 3
    for step in 0..<30 {
      let noise = Tensor.normal(
        [1, 1, 2, 2], dtype: .float64,
        using: Generator(seed: UInt64(step), purpose: "noise"))
      now = now - (try prior.meanAndGradient(at: now, noise: noise, level: 0.5).gradient) * 0.3
    }
    #expect(now.norm().item < 0.3 * (image * 3).norm().item)
  }

  @Test("levels and noise that do not fit are refused")
  func refusals() throws {
    let prior = ImagePrior(denoiser(0.3), loss: try PriorLoss())
    for level in [0, -1, .infinity] {
      #expect(throws: InversionError.self) {
        try prior.losses(image, noise: noise, level: level)
      }
    }
    #expect(throws: InversionError.self) {
      try prior.losses(image, noise: noise.flattened(), level: 1)
    }
  }
}
