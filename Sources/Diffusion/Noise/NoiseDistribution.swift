import Torch

/// Which noise levels a denoiser is trained at: `ln σ` is normal (Karras et al., NeurIPS 2022,
/// table 1).
public struct NoiseDistribution: Sendable, Codable, Equatable {
  /// The mean of `ln σ`.
  public var mean: Double
  /// The standard deviation of `ln σ`, positive.
  public var deviation: Double

  /// A distribution; the article's for images by default.
  public init(mean: Double = -1.2, deviation: Double = 1.2) {
    self.mean = mean
    self.deviation = deviation
  }

  /// Reads a distribution; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    mean = try fields.decodeIfPresent(Double.self, forKey: .mean) ?? mean
    deviation = try fields.decodeIfPresent(Double.self, forKey: .deviation) ?? deviation
  }

  /// The levels that standard normal numbers stand for.
  public func levels(ofNormals numbers: Tensor) -> Tensor { (numbers * deviation + mean).exp() }

  /// The share of training levels that lie below each of some levels, in [0, 1].
  ///
  /// This is what "high noise" means wherever terms are weighted by noise: a share near 1.
  public func quantiles(of levels: Tensor) -> Tensor {
    (((levels.log() - mean) / (deviation * 2.0.squareRoot())).erf() + 1) / 2
  }

  /// The levels below which a share of the training levels lies.
  public func levels(atQuantiles shares: Tensor) -> Tensor {
    levels(ofNormals: (shares * 2 - 1).erfinv() * 2.0.squareRoot())
  }
}
