/// Label smoothing whose amount is 0 up to a share of the run, grows in a straight line, and stays at its end.
///
/// The schedule of Struppek et al. ("Be careful what you smooth for", ICLR 2024) for negative smoothing is 0 for
/// the first half of the run and the whole amount from three quarters on. Their code divides the epochs of the
/// ramp by the half of the run and not by the quarter: of 100 epochs the amount is 0.48 of its end at epoch 74
/// and all of it at epoch 75. Here it gets there without a jump.
public struct SmoothingRamp: Sendable, Equatable {
  /// The amount at the end, α: above -1 and below 1.
  public let end: Double
  /// The share of the run up to which there is none, in [0, 1].
  public let start: Double
  /// The share of the run from which there is all of it, from `start` to 1.
  public let full: Double

  /// A ramp; always the same amount when both shares are 0.
  public init(to end: Double, from start: Double = 0, until full: Double = 0) {
    self.end = end
    self.start = start
    self.full = full
  }

  /// The published schedule for an amount, -0.05 in the paper: nothing for half of the run, all from three
  /// quarters on.
  public static func halfway(to end: Double) -> SmoothingRamp {
    SmoothingRamp(to: end, from: 0.5, until: 0.75)
  }

  /// The amount at a step, counted from 0, of a run of `total` steps.
  public func value(at step: Int, of total: Int) -> Double {
    let progress = total > 0 ? Double(step) / Double(total) : 1
    if progress >= full { return end }
    guard full > start else { return 0 }
    return end * max(0, (progress - start) / (full - start))
  }
}
