import Networks
import Torch

extension GroupSort: IntervalBounded {
  /// Every rank of a group rises with each of its channels, and nothing is rounded.
  public func intervals(_ inputs: Intervals) -> Intervals { inputs.map { self($0) } }
}

extension FullSort: IntervalBounded {
  /// Every rank rises with each channel, and nothing is rounded.
  public func intervals(_ inputs: Intervals) -> Intervals { inputs.map { self($0) } }
}

extension ScaledL2NormPool2D: IntervalBounded {
  /// A norm rises with the absolute value of every pixel.
  public func intervals(_ inputs: Intervals) -> Intervals {
    let (low, high) = (inputs.lower.abs(), inputs.upper.abs())
    let crosses = inputs.lower.less(than: 0).and(inputs.upper.greater(than: 0))
    let least = low.minimum(high).filled(where: crosses, with: 0)
    let ends = Intervals(lower: self(least), upper: self(low.maximum(high)))
    // Squares, their sum and its root are wrong by a few units of the last place; tiny squares underflow.
    let share = Rounding.gamma(size * size + 16)
    return ends.widened(by: ends.upper * share + 1e-15)
  }
}
