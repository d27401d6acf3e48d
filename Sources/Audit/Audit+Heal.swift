import Networks
import Perturbations
import Reports
import Statistics

extension Audit {
  /// Runs the remedies of the flags that were raised, and puts what they found beside the first numbers.
  ///
  /// Attacks are repeated with the settings that `Remedies` chooses, on what stood. Flags about the model
  /// itself remain: what they say is still true, but attacks no longer rely on it.
  ///
  /// - Returns: the same result where no flag is raised, or none that other attacks could answer.
  /// - Throws: what a probe throws.
  public func heal(
    _ first: Result, on subject: Subject, progress: (String) -> Void = { _ in }
  ) throws -> Result {
    let remedies = Remedies(for: first.report.flags, from: subject.settings)
    guard !remedies.texts.isEmpty, !first.outcomes.isEmpty else { return first }
    progress("healing: \(remedies.texts.joined(separator: "; "))")
    let second = try subject.with(remedies.settings)
    let probe = RobustnessProbe(prior: remedies.keepsBroken ? first.outcomes : [])
    let found = try probe.run(on: second)
    var healed = first
    healed.report.healing = Self.healing(first.report.flags, found.flags, remedies.texts)
    healed.report.findings += try found.findings.map {
      try Self.renamed($0, remedies.texts)
    }
    return healed
  }

  /// Which flags are still raised: those that the second look measured by what it says, others as before.
  private static func healing(
    _ before: [Flag], _ after: [Flag], _ remedies: [String]
  ) -> Healing {
    let measured = Set(after.map(\.id))
    let kept = before.filter { $0.raised && !measured.contains($0.id) }
    let remaining = kept + after.filter(\.raised)
    let ids = Set(remaining.map(\.id))
    let resolved = before.filter { $0.raised && !ids.contains($0.id) }.map(\.id)
    return Healing(remedies: remedies, resolved: resolved, remaining: remaining)
  }

  private static func renamed(_ finding: Finding, _ remedies: [String]) throws -> Finding {
    try Finding(
      id: finding.id.text.replacing("robust_accuracy", with: "robust_accuracy_healed"),
      title: finding.title + ", healed", value: finding.value,
      interval: finding.low.flatMap { low in
        finding.high.map { .init(low: low, high: $0, level: 0.95) }
      },
      detail: "With \(remedies.joined(separator: "; ")). \(finding.detail)")
  }
}
