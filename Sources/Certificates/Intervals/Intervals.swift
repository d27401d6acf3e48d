import Torch

/// An interval for every element of a tensor, in double precision.
public struct Intervals: Sendable {
  /// The lower ends, `[N, …]`, float64.
  public let lower: Tensor
  /// The upper ends, in the same shape.
  public let upper: Tensor

  /// Intervals from their ends.
  public init(lower: Tensor, upper: Tensor) {
    self.lower = lower
    self.upper = upper
  }

  /// All inputs within a distance of some, in the maximum norm, that lie in the box.
  ///
  /// - Parameters:
  ///   - inputs: `[N, …]`, in the box.
  ///   - radii: a distance for every example, at least 0.
  public init(around inputs: Tensor, radii: [Double], box: ClosedRange<Double>?) {
    let centers = inputs.to(.float64)
    let shape = [radii.count] + Array(repeating: 1, count: inputs.rank - 1)
    let distance = Tensor(radii, shape: shape).to(inputs.device)
    let (low, high) = (centers - distance, centers + distance)
    lower = box.map { low.clamped(to: $0) } ?? low
    upper = box.map { high.clamped(to: $0) } ?? high
  }

  /// The middles.
  public var center: Tensor { (upper + lower) * 0.5 }

  /// Half the lengths.
  public var halfWidth: Tensor { (upper - lower) * 0.5 }

  /// Both ends mapped by a function that keeps order and changes nothing but places and shapes.
  public func map(_ function: (Tensor) -> Tensor) -> Intervals {
    Intervals(lower: function(lower), upper: function(upper))
  }

  /// The intervals with something added at both ends.
  public func widened(by slack: Tensor) -> Intervals {
    Intervals(lower: lower - slack, upper: upper + slack)
  }

  /// What an affine map makes of the intervals, exactly and as single precision computes it.
  ///
  /// With `c` the centre and `r` half the width, the image lies within `|W| r` of `W c + b`. What
  /// single precision adds is bounded by `γ (|W| (|c| + r) + |b|)`, which is 2^29 times what the double
  /// precision of this computation can be wrong by.
  ///
  /// - Parameters:
  ///   - terms: how many products one output is the sum of.
  ///   - map: the linear map.
  ///   - absolute: the linear map with the absolute values of its weights.
  ///   - bias: added afterwards, in a shape that broadcasts.
  ///   - biasMagnitude: the size of the parts of the bias; its absolute value when `nil`.
  public func mapped(
    terms: Int, _ map: (Tensor) -> Tensor, absolute: (Tensor) -> Tensor, bias: Tensor? = nil,
    biasMagnitude: Tensor? = nil
  ) -> Intervals {
    let (center, halfWidth) = (center, halfWidth)
    let gamma = Rounding.gamma(terms + 8)
    var middle = map(center)
    var spread = absolute(halfWidth + (center.abs() + halfWidth) * gamma)
    if let bias {
      middle = middle + bias
      spread = spread + (biasMagnitude ?? bias.abs()) * gamma
    }
    return Intervals(lower: middle - spread, upper: middle + spread)
  }

  /// The sums of what two sets of intervals hold.
  public static func + (left: Intervals, right: Intervals) -> Intervals {
    let sum = Intervals(lower: left.lower + right.lower, upper: left.upper + right.upper)
    return sum.widened(by: sum.lower.abs().maximum(sum.upper.abs()) * (2 * Rounding.unit))
  }

  /// Some of the examples.
  public func selecting(rows: [Int]) -> Intervals { map { $0.selecting(rows: rows) } }
}
