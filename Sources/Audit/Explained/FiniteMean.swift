import Statistics
import Torch

/// The mean of what could be measured, with its interval over examples.
public struct FiniteMean: Sendable {
  /// The mean; `nil` where nothing could be measured.
  public let mean: Double?
  /// Its 95 % interval; `nil` for fewer than two examples.
  public let interval: Interval?
  /// On how many examples something could be measured.
  public let count: Int

  /// The mean of numbers, one an example, without those that are none.
  ///
  /// - Parameter purpose: what the resampling draws for; part of its stream.
  public init(of values: [Double], resamples: Int, seed: UInt64, purpose: String) throws {
    let finite = values.filter(\.isFinite)
    count = finite.count
    guard !finite.isEmpty else {
      (mean, interval) = (nil, nil)
      return
    }
    var stream = RandomStream(seed: seed, purpose: "\(purpose).bootstrap")
    let estimate = try MeanEstimate(of: finite, resamples: resamples, using: &stream)
    (mean, interval) = (estimate.mean, estimate.interval)
  }
}
