import Statistics

/// Whether a claim held, and by which rule.
public struct ClaimVerdict: Sendable, Equatable {
  /// How a claim came out.
  public enum Outcome: String, Sendable, CaseIterable {
    /// What was measured agrees.
    case held
    /// What was measured disagrees.
    case notHeld = "not held"
    /// What was measured is too uncertain to say.
    case cannotTell = "cannot be told"
    /// There is nothing in the store.
    case notMeasured = "not measured"
  }

  /// How it came out.
  public let outcome: Outcome
  /// The rule that decided, in words; empty where nothing was measured.
  public let reason: String

  /// Nothing is in the store.
  package static let notMeasured = ClaimVerdict(outcome: .notMeasured, reason: "")

  /// Judges a statement by the interval of what was measured.
  ///
  /// A value holds where the interval has it, a range of reported values where it meets the interval. A bound holds where the whole interval is beyond it, fails where
  /// the whole interval is on the other side, and cannot be told in between.
  ///
  /// - Parameters:
  ///   - statement: what was claimed of a finding, or of a difference.
  ///   - interval: its 95 % interval.
  ///   - isDifference: for the words alone.
  package static func judge(
    _ statement: Claim.Statement, by interval: Interval?, isDifference: Bool = false
  ) -> ClaimVerdict {
    guard let interval else {
      return ClaimVerdict(outcome: .cannotTell, reason: "no interval was measured")
    }
    switch statement {
    case .within(let range):
      return range.lowerBound <= interval.high && interval.low <= range.upperBound
        ? ClaimVerdict(outcome: .held, reason: "inside the interval")
        : ClaimVerdict(outcome: .notHeld, reason: "outside the interval")
    case .above(let bound):
      return beyond(
        bound, isHeld: interval.low > bound, isRefuted: interval.high < bound, isDifference)
    case .below(let bound):
      return beyond(
        bound, isHeld: interval.high < bound, isRefuted: interval.low > bound, isDifference)
    }
  }

  /// Judges a figure by the interval of what was measured; one that is no number cannot be told.
  package static func judge(figure: Double, by interval: Interval?) -> ClaimVerdict {
    guard !figure.isNaN else {
      return ClaimVerdict(outcome: .cannotTell, reason: "the figure is no number")
    }
    return judge(.within(figure...figure), by: interval)
  }

  private static func beyond(
    _ bound: Double, isHeld: Bool, isRefuted: Bool, _ isDifference: Bool
  ) -> ClaimVerdict {
    let what = isDifference && bound == 0 ? "zero" : "the bound"
    if isHeld { return ClaimVerdict(outcome: .held, reason: "the interval leaves out \(what)") }
    if isRefuted {
      return ClaimVerdict(
        outcome: .notHeld, reason: "the interval is on the other side of \(what)")
    }
    return ClaimVerdict(outcome: .cannotTell, reason: "the interval has \(what)")
  }
}
