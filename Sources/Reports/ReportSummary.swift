/// What a report says in one breath: the verdict line of every writer and of the terminal.
public struct ReportSummary: Sendable, Hashable {
  /// The verdict over all findings.
  public let verdict: Finding.Verdict
  /// A short sentence, such as "1 of 3 thresholds not met".
  public let headline: String
  /// The findings that lead: robust accuracy, healed as well, and clean accuracy; of encoders how often
  /// reconstructions pass, and the equal error rate.
  public let leading: [Finding]
  /// The findings whose threshold is not met.
  public let failures: [Finding]
  /// The flags that are raised.
  public let raised: [Flag]

  /// The summary of a report.
  public init(_ report: Report) {
    let gated = report.findings.filter { $0.threshold != nil || $0.verdict == .fail }
    failures = report.failures
    raised = report.flags.filter(\.raised)
    let warns = report.findings.contains { $0.verdict == .warn } || !raised.isEmpty
    if !failures.isEmpty {
      verdict = .fail
    } else if warns {
      verdict = .warn
    } else {
      verdict = gated.isEmpty ? .info : .pass
    }
    headline = Self.headline(failed: failures.count, of: gated.count)
    leading = Self.leading(in: report)
  }

  /// What was measured and what failed, in one line of text.
  public var line: String {
    var parts = leading.map { "\($0.title): \($0.measureText)" }
    if !failures.isEmpty {
      parts.append("not met: " + failures.map(\.id.text).joined(separator: ", "))
    }
    if !raised.isEmpty { parts.append(raisedText) }
    return ([headline] + parts).joined(separator: "; ")
  }

  /// How many flags are raised, for people.
  var raisedText: String {
    switch raised.count {
    case 0: "no flag raised"
    case 1: "1 flag raised"
    default: "\(raised.count) flags raised"
    }
  }

  private static func headline(failed: Int, of gated: Int) -> String {
    switch (failed, gated) {
    case (_, 0): "No threshold was set"
    case (0, 1): "The threshold is met"
    case (0, _): "All \(gated) thresholds are met"
    case (1, 1): "The threshold is not met"
    default: "\(failed) of \(gated) thresholds not met"
    }
  }

  /// Of several radii the one with a threshold leads, else the first.
  private static func leading(in report: Report) -> [Finding] {
    func first(_ prefix: String) -> Finding? {
      let candidates = report.findings.filter { $0.id.text.hasPrefix(prefix) }
      return candidates.first { $0.threshold != nil } ?? candidates.first
    }
    let robust = first("evasion.robust_accuracy.")
    // What remedies found, at the same radius.
    let healed = robust.flatMap {
      report.finding($0.id.text.replacing("robust_accuracy", with: "robust_accuracy_healed"))
    }
    let leaked = report.finding("leakage.template_inversion.sar_type_two.0.001")
    let others = [report.finding("accuracy.clean"), leaked, report.finding("verification.eer")]
    return ([robust, healed] + others).compactMap { $0 }
  }
}
