/// A range that holds an unknown quantity with a stated confidence.
public struct Interval: Sendable, Hashable, Codable {
  /// The lower end, in the unit of the quantity.
  public let low: Double
  /// The upper end, in the unit of the quantity; not below `low`.
  public let high: Double
  /// The confidence in (0, 1), such as 0.95.
  public let level: Double

  /// An interval from its ends, given in either order.
  public init(low: Double, high: Double, level: Double) {
    self.low = Swift.min(low, high)
    self.high = Swift.max(low, high)
    self.level = level
  }

  /// The length of the interval.
  public var width: Double { high - low }

  /// Whether a number lies in the interval, ends included.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }

  /// The interval cut to a range that the quantity cannot leave, such as 0...1 for a rate.
  public func clamped(to range: ClosedRange<Double>) -> Interval {
    func clamp(_ value: Double) -> Double {
      Swift.min(Swift.max(value, range.lowerBound), range.upperBound)
    }
    return Interval(low: clamp(low), high: clamp(high), level: level)
  }
}
