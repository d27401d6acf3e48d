import Networks
import Torch

extension DenoisingModel {
  /// The model as samplers see it: float64 around a float32 network.
  ///
  /// - Parameters:
  ///   - condition: a vector for every image, `[N, conditionWidth]`; none when `nil`.
  ///   - guidance: how far the condition is exaggerated (classifier-free guidance); with 1 it is taken
  ///     as it is, with anything else the images are also denoised without it, in the same pass.
  public func denoiser(condition: Tensor? = nil, guidance: Double = 1) -> Denoiser {
    func estimate(_ noisy: Tensor, _ level: Double, _ condition: Tensor?) -> Tensor {
      let levels = Tensor.full([noisy.size(0)], level, dtype: .float64, device: noisy.device)
      return denoised(noisy, level: levels, condition: condition, .evaluation)
    }
    guard let condition, guidance != 1 else {
      return Denoiser { noisy, level in try attempt { estimate(noisy, level, condition) } }
    }
    return Denoiser { noisy, level in
      try attempt {
        let both = estimate(
          .concatenated([noisy, noisy]), level,
          .concatenated([condition, .zeros(like: condition.detached())]))
        let halves = both.chunks(2)
        return halves[0] * guidance + halves[1] * (1 - guidance)
      }
    }
  }
}
