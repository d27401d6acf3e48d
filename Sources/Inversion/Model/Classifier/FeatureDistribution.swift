import Torch

/// Mean and standard deviation of the target's features over all public images, coordinate by coordinate:
/// where features of real images lie (Nguyen et al., "Re-thinking model inversion", CVPR 2023).
public struct FeatureDistribution: Sendable {
  /// The means `[D]`.
  public let mean: Tensor
  /// The standard deviations `[D]`, with the count less one.
  public let deviation: Tensor

  /// The distribution of features `[N, D]` of public images.
  ///
  /// - Throws: ``InversionError/tooFew(_:count:least:)`` for fewer than two.
  public init(of features: Tensor) throws(InversionError) {
    let count = features.rank == 2 ? features.size(0) : 0
    guard count >= 2 else { throw .tooFew("public images", count: count, least: 2) }
    mean = features.detached().mean(along: 0)
    deviation = features.detached().standardDeviation(along: [0], correction: 1)
  }

  /// Normal features, one row for each stream, `[B, D]`.
  public func drawn(from streams: inout [RandomStream]) -> Tensor {
    let noise = Tensor.normal(mean.shape, perExample: &streams)
    return mean + noise.to(mean.dtype) * deviation
  }
}
