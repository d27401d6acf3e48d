import Datasets
import Inversion
import Reports
import Statistics

/// What attacks that ask who was a member came to, as findings.
package struct MembershipFindings {
  private let inference: MembershipInference
  private let rows: [MembershipAttacks.Row]
  private let family: String

  /// - Parameter family: what all names begin with, with a dot at its end.
  package init(
    _ inference: MembershipInference, _ rows: [MembershipAttacks.Row], family: String = ""
  ) {
    self.inference = inference
    self.rows = rows
    self.family = family
  }

  /// A finding, and how many examples are behind it.
  package typealias Entry = (finding: Finding, count: Int)

  /// How often the model is right about members and others, and what each attack finds.
  package func all() throws -> [Entry] {
    try [
      accuracy("member_accuracy", "Accuracy on members", inference.memberAccuracy),
      accuracy("other_accuracy", "Accuracy on others", inference.otherAccuracy),
    ] + rows.flatMap { try findings(of: $0) }.map { ($0, inference.pool.count) }
  }

  private func accuracy(_ id: String, _ title: String, _ share: Proportion) throws -> Entry {
    let finding = try Finding(
      id: family + id, title: title, value: share.rate, interval: share.wilson(),
      detail: "\(share.successes) of \(share.trials) examples.")
    return (finding, share.trials)
  }

  private func findings(of row: MembershipAttacks.Row) throws -> [Finding] {
    let scores = row.scores
    let isLeak = (scores.areaInterval?.low ?? 0) > 0.5
    let area = try Finding(
      id: "\(family)\(row.id).area", title: "Area under the curve, \(scores.name)",
      value: scores.area.area, interval: scores.areaInterval, unit: "", better: .lower,
      verdict: isLeak ? .warn : .info,
      detail: """
        \(inference.memberCount) members and \(inference.pool.count - inference.memberCount) others, \
        \(row.queries) answers; 0.5 is chance.
        """)
    let rates = try scores.rates.map { rate in
      let part = FindingID.part(for: rate.falsePositiveRate)
      return try Finding(
        id: "\(family)\(row.id).found.\(part)",
        title: "Members found at \(part) false alarms, \(scores.name)", value: rate.value,
        interval: rate.interval, better: .lower,
        verdict: rate.interval.low > rate.falsePositiveRate ? .warn : .info,
        detail: [
          "\(rate.truePositives.successes) of \(rate.truePositives.trials) members",
          rate.warning ?? "",
        ].filter { !$0.isEmpty }.joined(separator: "; "))
    }
    return [area] + rates
  }
}
