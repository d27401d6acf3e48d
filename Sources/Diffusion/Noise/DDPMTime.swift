import Foundation

/// The times of a discrete diffusion (DDPM; Ho et al., NeurIPS 2020) as noise levels.
///
/// At time t the clean image is scaled by `√ᾱ_t`, where `ᾱ_t` is the product of `1 - β_s` over `s ≤ t`;
/// divided by that scale, it has noise of deviation `σ(t) = √((1 - ᾱ_t) / ᾱ_t)`. High times are high
/// noise: with the usual variances σ(1000) = 157 and σ(100) = 0.34.
public struct DDPMTime: Sendable, Codable, Equatable {
  /// The number of times T, at least 2.
  public let count: Int
  /// σ at times 0, 1, …, T; 0 at time 0.
  public let levels: [Double]

  /// Times with variances β that grow in a straight line from time 1 to time T.
  ///
  /// - Throws: ``DiffusionError/setting(name:value:allowed:)`` unless there are two times at least and
  ///   variances lie between 0 and 1.
  public init(
    count: Int = 1000, firstVariance: Double = 1e-4, lastVariance: Double = 2e-2
  ) throws(DiffusionError) {
    try DiffusionError.require(count >= 2, "count", count, "at least 2")
    for (name, value) in [("firstVariance", firstVariance), ("lastVariance", lastVariance)] {
      try DiffusionError.require(value > 0 && value < 1, name, value, "between 0 and 1")
    }
    var (levels, product) = ([0.0], 1.0)
    for time in 0..<count {
      let share = Double(time) / Double(count - 1)
      product *= 1 - (firstVariance + share * (lastVariance - firstVariance))
      levels.append(((1 - product) / product).squareRoot())
    }
    self.count = count
    self.levels = levels
  }

  /// The noise level of a time.
  ///
  /// - Throws: ``DiffusionError/setting(name:value:allowed:)`` unless the time is in `0...count`.
  public func level(at time: Int) throws(DiffusionError) -> Double {
    try DiffusionError.require(levels.indices.contains(time), "time", time, "from 0 to \(count)")
    return levels[time]
  }

  /// The time from 1 on whose level is nearest to one, by the ratio of the two.
  public func time(nearestTo level: Double) -> Int {
    (1...count).min { abs(log(levels[$0] / level)) < abs(log(levels[$1] / level)) } ?? count
  }
}
