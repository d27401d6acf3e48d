/// How many claims came out in which way.
public struct ClaimTally: Sendable, Equatable {
  private var counts: [ClaimVerdict.Outcome: Int] = [:]

  /// The tally of some verdicts.
  public init(_ verdicts: some Sequence<ClaimVerdict>) {
    for verdict in verdicts { counts[verdict.outcome, default: 0] += 1 }
  }

  /// How many came out in a way.
  public subscript(outcome: ClaimVerdict.Outcome) -> Int { counts[outcome] ?? 0 }

  /// How many there are.
  public var total: Int { counts.values.reduce(0, +) }

  /// A sentence, such as `Of 5 claims 3 held, 1 did not hold and 1 was not measured.`; empty without claims.
  public var sentence: String {
    guard total > 0 else { return "" }
    let words: [(ClaimVerdict.Outcome, String)] = [
      (.held, "held"), (.notHeld, "did not hold"), (.cannotTell, "cannot be told"),
      (.notMeasured, self[.notMeasured] == 1 ? "is not measured" : "are not measured"),
    ]
    let parts = words.filter { self[$0.0] > 0 }.map { "\(self[$0.0]) \($0.1)" }
    if total == 1, let only = words.first(where: { self[$0.0] > 0 }) {
      return "The only claim \(only.1)."
    }
    if parts.count == 1, let only = words.first(where: { self[$0.0] > 0 }) {
      return "All \(total) claims \(only.1)."
    }
    return
      "Of \(total) claims \(parts.dropLast().joined(separator: ", ")) and \(parts.last ?? "")."
  }
}
