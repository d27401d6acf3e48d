import Torch

/// How a denoiser is made of a network: `D(x; σ) = c_skip x + c_out F(c_in x; c_noise)`
/// (Karras et al., "Elucidating the design space of diffusion-based generative models", NeurIPS 2022,
/// table 1).
///
/// Inputs and targets of the network have variance 1 at every noise level, and its errors are
/// magnified as little as possible.
public struct Preconditioning: Sendable, Codable, Equatable {
  /// The standard deviation of the data, σ_data, positive; measured, or 0.5 for images in [-1, 1].
  public var dataDeviation: Double

  /// The preconditioning for data of a standard deviation.
  public init(dataDeviation: Double = 0.5) { self.dataDeviation = dataDeviation }

  private var variance: Double { dataDeviation * dataDeviation }

  /// `c_skip`: the share of the noisy image in the estimate.
  public func skip(_ level: Tensor) -> Tensor { variance / (level.squared() + variance) }
  /// `c_out`: what the network's output is scaled by.
  public func output(_ level: Tensor) -> Tensor {
    level * dataDeviation / (level.squared() + variance).sqrt()
  }
  /// `c_in`: what the noisy image is scaled by before the network sees it.
  public func input(_ level: Tensor) -> Tensor { (level.squared() + variance).rsqrt() }
  /// `c_noise`: how the network is told the level, `¼ ln σ`.
  public func noise(_ level: Tensor) -> Tensor { level.log() / 4 }
  /// `λ`: the weight of a squared error at a level, so that `λ c_out²` is 1.
  public func weight(_ level: Tensor) -> Tensor {
    (level.squared() + variance) / (level * dataDeviation).squared()
  }

  /// The estimate of clean images by a network.
  ///
  /// - Parameters:
  ///   - noisy: images with noise, `[N, C, H, W]`, float32 or float64; the estimate has its type.
  ///   - level: the standard deviation of the noise of each image, `[N]`, positive.
  ///   - network: maps scaled images and `c_noise` `[N]`, both float32, to images.
  public func denoised(
    _ noisy: Tensor, level: Tensor, by network: (_ scaled: Tensor, _ noise: Tensor) -> Tensor
  ) -> Tensor {
    let level = level.to(.float64)
    func scale(_ coefficient: Tensor) -> Tensor {
      coefficient.reshaped([-1] + Array(repeating: 1, count: noisy.rank - 1)).to(noisy.dtype)
    }
    let answer = network(
      (noisy * scale(input(level))).to(.float32), noise(level).to(.float32))
    return noisy * scale(skip(level)) + answer.to(noisy.dtype) * scale(output(level))
  }
}
