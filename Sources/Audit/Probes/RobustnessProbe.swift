import Datasets
import Foundation
import Perturbations
import Reports
import Statistics
import Torch

/// How often the model stays right when inputs are perturbed, against the size of the perturbation, and
/// whether the attacks that say so can be believed (checks C1 to C13, D1 to D7, E1 to E8).
///
/// An example that breaks at one radius counts as broken at all larger ones, since the ball of the
/// smaller radius lies in that of the larger. The robust accuracy of a radius is the share of
/// examples that stand all attacks: the worst case is taken example by example.
public struct RobustnessProbe: Probe {
  /// What an earlier look found: what it broke is not attacked again and counts as broken.
  private let prior: [RobustnessOutcome]

  /// The probe.
  public init() { prior = [] }

  init(prior: [RobustnessOutcome]) { self.prior = prior }

  /// `robustness`.
  public var name: String { "robustness" }

  /// Attacks in every norm at every radius.
  public func run(on subject: Subject) throws -> Evidence {
    let inputsBefore = subject.attackedBatch.inputs.copy()
    var evidence = Evidence()
    evidence.outcomes = try outcomes(on: subject)
    for (number, outcome) in evidence.outcomes.enumerated() {
      evidence.findings += try findings(outcome, subject)
      evidence.columns += columns(outcome, subject) + lengths(outcome, subject)
      evidence.flags += try OutcomeChecks(
        outcome: outcome, subject: subject, reported: outcome.reported
      ).flags()
      // Costly checks are about how attacks are set, which is the same in all norms.
      if number == 0 {
        evidence.flags += try UnboundedChecks(outcome: outcome, subject: subject).flags()
        evidence.flags += try EffortChecks(outcome: outcome, subject: subject).flags()
        evidence.flags += try TrajectoryChecks(outcome: outcome, subject: subject).flags()
      }
      let flags = try BookkeepingChecks(
        outcome: outcome, subject: subject, inputsBefore: inputsBefore
      ).flags()
      evidence.flags += flags.filter { flag in !evidence.flags.contains { $0.id == flag.id } }
    }
    return evidence
  }

  /// What the attacks of every norm did.
  func outcomes(on subject: Subject) throws -> [RobustnessOutcome] {
    try subject.settings.radii.map { entry in
      let norm = try Norms.named(entry.norm)
      return try RobustnessOutcome(
        AttackPlan(subject.settings, norm: norm, surrogate: subject.surrogate), norm: norm,
        radii: entry.radii, subject: subject,
        prior: prior.first { $0.norm.name == entry.norm })
    }
  }

  private func findings(_ outcome: RobustnessOutcome, _ subject: Subject) throws -> [Finding] {
    let plot = try RobustnessCurve.plot(outcome.curves, norm: outcome.norm.name)
    let pictures = try RobustnessPictures.strips(of: outcome.curves, subject: subject)
    return try outcome.radii.indices.map { index in
      let accuracy = Proportion(outcome.standing(at: index))
      let text = FindingID.part(for: outcome.radii[index])
      return try Finding(
        id: "evasion.robust_accuracy.\(outcome.norm.name).\(text)",
        title: "Robust accuracy, \(outcome.norm.name) \(text)",
        value: accuracy.rate, interval: accuracy.wilson(),
        detail: """
          \(accuracy.successes) of the first \(accuracy.trials) examples stand all attacks\
          \(parts(outcome, at: index)). Misclassified clean examples count as broken.
          """,
        plots: index == 0 ? [plot] : [], pictures: index == 0 ? pictures : [])
    }
  }

  /// Accuracy under each attack that looked at all examples, what the others broke besides, and what no
  /// other attack broke.
  private func parts(_ outcome: RobustnessOutcome, at index: Int) -> String {
    let alone = outcome.curves.filter(\.role.looksAtAll).map { curve in
      let others = outcome.curves.filter { $0.name != curve.name }
      let own = curve.brokenAlone(at: index, against: others)
      let accuracy = percent(curve.accuracy(at: index).rate ?? 0)
      return "\(curve.name) \(accuracy)" + (own > 0 ? " (\(own) broken by it alone)" : "")
    }
    let after = outcome.curves.filter { !$0.role.looksAtAll }.map { curve in
      let broken = curve.brokenAt.filter { $0.map { $0 >= 0 && $0 <= index } ?? false }.count
      return "\(curve.name) \(broken)"
    }
    return "; accuracy under each: " + alone.joined(separator: ", ")
      + (after.isEmpty ? "" : "; broken of what those left: " + after.joined(separator: ", "))
  }

  private func percent(_ value: Double) -> String {
    let tenths = Int((value * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  private func columns(_ outcome: RobustnessOutcome, _ subject: Subject) -> [SampleTable.Column] {
    outcome.curves.map { curve in
      let values: [Double?] = (0..<subject.data.count).map { example in
        guard example < curve.brokenAt.count, let index = curve.brokenAt[example] else {
          return nil
        }
        return index < 0 ? 0 : curve.radii[index]
      }
      return .init("\(outcome.norm.name).\(curve.name).broken_at", .numbers(values))
    }
  }

  /// How long the perturbations are that broke examples, which certificates are held against.
  private func lengths(
    _ outcome: RobustnessOutcome, _ subject: Subject
  ) -> [SampleTable.Column] {
    outcome.curves.map { curve in
      let values = (0..<subject.data.count).map { curve.breaking[$0]?.length }
      return .init("\(outcome.norm.name).\(curve.name).length", .numbers(values))
    }
  }
}
