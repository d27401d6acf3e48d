/// A margin that grows in a straight line from one value to another over the first share of a run, and
/// stays there: a network that cannot tell anybody apart yet is not asked for the whole margin.
public struct MarginRamp: Sendable, Equatable {
  /// The margin at the start.
  public let start: Double
  /// The margin after the ramp.
  public let end: Double
  /// The share of the run that the ramp takes, in [0, 1]; 0 for none.
  public let share: Double

  /// A ramp.
  ///
  /// - Parameters:
  ///   - start: the margin at the start, `end` when `nil`.
  ///   - end: the margin after the ramp.
  ///   - share: the share of the run that the ramp takes.
  public init(from start: Double? = nil, to end: Double, over share: Double = 0) {
    self.start = start ?? end
    self.end = end
    self.share = share
  }

  /// The margin at a step, counted from 0, of a run of `total` steps.
  public func value(at step: Int, of total: Int) -> Double {
    start + Schedule.linear(to: end - start, over: share).value(at: step, of: total)
  }
}
