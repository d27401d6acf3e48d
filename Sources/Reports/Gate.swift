import Foundation

/// A bound that a finding must keep for the command to succeed.
public struct Gate: Sendable, Hashable {
  /// On which side of the bound a value fails.
  public enum Side: String, Sendable, Hashable {
    /// A value below the bound fails; for what is better high.
    case under
    /// A value above the bound fails; for what is better low.
    case over

    /// The command-line option that makes such a gate.
    public var option: String { "--fail-\(rawValue)" }
  }

  /// The name of the finding.
  public let id: FindingID
  /// On which side of the bound a value fails.
  public let side: Side
  /// The bound, in the finding's unit; a value equal to it passes.
  public let bound: Double

  /// A gate from its parts.
  public init(id: FindingID, side: Side, bound: Double) {
    self.id = id
    self.side = side
    self.bound = bound
  }

  /// A gate from the text of an option, such as `evasion.robust_accuracy.linf.0.1=0.5`.
  ///
  /// - Throws: `GateError` when the text is not an id, "=" and a finite number.
  public init(parsing text: String, side: Side) throws(GateError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .form(text: text, side: side) }
    let name = parts[0].trimmingCharacters(in: .whitespaces)
    let number = parts[1].trimmingCharacters(in: .whitespaces)
    guard let bound = Double(number), bound.isFinite else {
      throw .bound(text: number, id: name, side: side)
    }
    guard let id = try? FindingID(name) else { throw .form(text: text, side: side) }
    self.init(id: id, side: side, bound: bound)
  }

  /// A gate held against its finding.
  public struct Outcome: Sendable, Hashable {
    /// The gate.
    public let gate: Gate
    /// What was measured, or nil when it could not be.
    public let value: Double?
    /// Whether the bound is kept; never without a value.
    public let passed: Bool

    /// The outcome for people, such as `accuracy.clean is 0.43, below the gate's 0.5`.
    public var description: String {
      guard let value, !value.isNaN else {
        return "\(gate.id) could not be measured, so its gate fails"
      }
      let below = gate.side == .under
      let relation = passed ? "within" : below ? "below" : "above"
      return "\(gate.id) is \(value), \(relation) the gate's \(gate.bound)"
    }
  }

  /// The outcome for a value.
  public func outcome(of value: Double?) -> Outcome {
    guard let value, !value.isNaN else { return Outcome(gate: self, value: nil, passed: false) }
    let passed = side == .under ? value >= bound : value <= bound
    return Outcome(gate: self, value: value, passed: passed)
  }

  /// Holds gates against findings.
  ///
  /// - Returns: one outcome per gate, in order.
  /// - Throws: `GateError.unknown` for a gate whose finding is not there.
  public static func outcomes(
    of gates: [Gate], in findings: [Finding]
  ) throws(GateError) -> [Outcome] {
    var outcomes: [Outcome] = []
    for gate in gates {
      guard let finding = findings.first(where: { $0.id == gate.id }) else {
        throw .unknown(
          id: gate.id.text, side: gate.side,
          nearest: Suggestion.nearest(to: gate.id.text, in: findings.map(\.id.text)))
      }
      outcomes.append(gate.outcome(of: finding.value))
    }
    return outcomes
  }
}

extension Report {
  /// Holds gates against the findings, and writes each gate's bound and verdict into its finding, so
  /// that the report shows what decided the exit code.
  ///
  /// - Returns: one outcome per gate, in order.
  /// - Throws: `GateError.unknown` for a gate whose finding is not there; the report is unchanged.
  public mutating func apply(_ gates: [Gate]) throws(GateError) -> [Gate.Outcome] {
    let outcomes = try Gate.outcomes(of: gates, in: findings)
    var failed: Set<FindingID> = []
    for outcome in outcomes {
      guard let index = findings.firstIndex(where: { $0.id == outcome.gate.id }),
        !failed.contains(outcome.gate.id)
      else { continue }
      findings[index].threshold = outcome.gate.bound
      findings[index].verdict = outcome.passed ? .pass : .fail
      if !outcome.passed { failed.insert(outcome.gate.id) }
    }
    return outcomes
  }
}
