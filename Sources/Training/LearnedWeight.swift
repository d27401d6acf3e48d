import Networks
import Torch

/// The weight of a term that is learned by how uncertain the term is: `½ exp(-s) L + ½ s`, `s = log σ²`
/// (Kendall et al., CVPR 2018), for terms that are never negative.
///
/// The best s is `log L`, so that what is minimised is the sum of `½ log L`: no unit of a term matters. For a term
/// that can be negative there is no best s, and the weight would grow without bound.
public final class LearnedWeight {
  /// s.
  public let parameter: Parameter
  /// What s is kept within.
  public let range: ClosedRange<Double>
  /// The share of the run's learning rate at which s moves.
  public let rate: Double

  /// A weight that is learned.
  ///
  /// - Parameters:
  ///   - start: s at the start, within the range; a weight of ½ for 0.
  ///   - range: finite; weights are from `½ exp(-high)` to `½ exp(-low)`.
  ///   - rate: above 0, at most 1.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)``.
  public init(
    start: Double = 0, range: ClosedRange<Double> = -4...4, rate: Double = 0.1
  ) throws(TrainingError) {
    guard range.lowerBound.isFinite, range.upperBound.isFinite else {
      throw .setting(name: "range", value: "\(range)", allowed: "finite")
    }
    guard range.contains(start) else {
      throw .setting(name: "start", value: "\(start)", allowed: "in \(range)")
    }
    guard rate > 0, rate <= 1 else {
      throw .setting(name: "rate", value: "\(rate)", allowed: "above 0, at most 1")
    }
    parameter = Parameter(wrappedValue: .full([], start))
    self.range = range
    self.rate = rate
  }

  /// s.
  public var logVariance: Double { parameter.value.item }

  /// `½ exp(-s)`, what the term counts.
  public var value: Double { weight.item }

  private var weight: Tensor { (-parameter.value).exp() * 0.5 }

  /// `½ exp(-s) L + ½ s`, a tensor with one element, with its history.
  public func weighted(_ loss: Tensor) -> Tensor {
    (weight * loss + parameter.value * 0.5).sum()
  }

  /// Makes a step of an optimiser as much shorter as ``rate`` says, and keeps s within ``range``.
  ///
  /// - Parameter old: s before the step.
  func dampen(from old: Tensor) {
    let moved = old + (parameter.value.detached() - old) * rate
    parameter.replace(with: moved.clamped(to: range))
  }
}
