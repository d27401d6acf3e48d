import Torch

/// What is sampled from a prior.
public struct SampleRequest: Sendable {
  /// How many images, at least 1.
  public var count: Int
  /// A vector for every image, `[count, width]`; none when `nil`.
  public var condition: Tensor?
  /// How far the condition is exaggerated; 1 takes it as it is.
  public var guidance = 1.0
  /// Images in the data's range that get noise of the sampler's first level and are then sampled from,
  /// `[count, C, H, W]`; pure noise when `nil`.
  public var restart: Tensor?
  /// Whether the images of every step are kept.
  public var keepsTrajectory = false
  /// Changes the denoiser of some of the images, such as by guidance: they are a range of `0..<count`.
  public var guide: (@Sendable (Denoiser, Range<Int>) -> Denoiser)?

  /// Images without a condition.
  public init(count: Int, condition: Tensor? = nil) {
    self.count = count
    self.condition = condition
  }
}

/// What was sampled.
public struct Samples: Sendable {
  /// The images in the data's range, `[N, C, H, W]`, float32.
  public let images: Tensor
  /// What the images looked like at every step, noise and all, then as they came out; empty unless
  /// asked for.
  public let trajectory: [Frame]

  /// The images at one step.
  public struct Frame: Sendable {
    /// The noise level; 0 at the end.
    public let level: Double
    /// The noisy images, in the data's range as far as they are inside of it.
    public let noisy: Tensor
    /// What the denoiser took them for, in the data's range.
    public let estimate: Tensor
  }
}
