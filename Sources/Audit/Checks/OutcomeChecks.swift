import Foundation
import Perturbations
import Reports
import Statistics

/// What the attacks' outcomes say about the attacks, without running any more of them: C1 to C3, C9, and
/// C11 to C13.
///
/// Carlini et al., "On evaluating adversarial robustness", 2019.
package struct OutcomeChecks {
  let outcome: RobustnessOutcome
  let subject: Subject
  /// The robust accuracy that findings report, at every radius.
  let reported: [Double]

  /// Checks of an outcome.
  package init(outcome: RobustnessOutcome, subject: Subject, reported: [Double]) {
    self.outcome = outcome
    self.subject = subject
    self.reported = reported
  }

  private var norm: String { outcome.norm.name }
  private var count: Double { Double(max(1, subject.attackedCount)) }

  /// All flags, raised or not.
  package func flags() throws -> [Flag] {
    [
      try singleStep(), try blackBox(), try noise(), try steps(), try radius(), try variety(),
      try worstCase(),
    ]
  }

  /// The largest share, over radii, of examples that some attacks broke and others did not.
  private func excess(_ weak: [RobustnessCurve], over strong: [RobustnessCurve]) -> Double? {
    guard !weak.isEmpty, !strong.isEmpty else { return nil }
    return outcome.radii.indices.map { index in
      let won = (0..<subject.attackedCount).filter { example in
        weak.contains { $0.isBroken(example, at: index) }
          && !strong.contains { $0.isBroken(example, at: index) }
      }
      return Double(won.count) / count
    }.max()
  }

  private func curves(_ roles: AttackPlan.Role...) -> [RobustnessCurve] {
    outcome.curves.filter { roles.contains($0.role) }
  }

  private func singleStep() throws -> Flag {
    let value = excess(curves(.singleStep), over: curves(.iterated))
    return try Flag(
      id: "attack.single_step_wins.\(norm)", check: "C1", raised: (value ?? 0) > 0.01,
      value: value, threshold: 0.01,
      meaning: "One gradient step breaks examples that many steps do not: gradients mislead.",
      remedy: "Attack with more restarts, smaller steps, or without gradients.")
  }

  private func blackBox() throws -> Flag {
    let value = excess(curves(.blackBox, .noise), over: outcome.whiteBox)
    return try Flag(
      id: "attack.black_box_wins.\(norm)", check: "C2", raised: (value ?? 0) > 0.002,
      value: value, threshold: 0.002,
      meaning: """
        Attacks that only see outputs (Square, noise) break examples that gradients do not: gradients \
        are masked, or followed too briefly.
        """,
      remedy: "Ask more queries of Square, and follow gradients with more steps and restarts.")
  }

  private func noise() throws -> Flag {
    let value = excess(curves(.noise), over: curves(.iterated))
    return try Flag(
      id: "attack.noise_wins.\(norm)", check: "C3", raised: (value ?? 0) > 0.002, value: value,
      threshold: 0.002,
      meaning: "Random noise breaks examples that gradients do not: gradients are masked.",
      remedy: "Attack without gradients.")
  }

  /// C9, by arithmetic: from any point of the ball every other must be in reach, and sign steps must not
  /// be longer than the radius.
  private func steps() throws -> Flag {
    let settings = subject.settings
    let reach = Double(settings.steps) * settings.relativeStepSize
    let isTooLong = norm == "linf" && settings.relativeStepSize > 1
    return try Flag(
      id: "attack.short_steps.\(norm)", check: "C9", raised: reach < 2 || isTooLong, value: reach,
      threshold: 2,
      meaning: isTooLong
        ? "A step of PGD is longer than the radius, so that it only visits corners of the ball."
        : "Steps times their length, in radii: below 2 a random start cannot cross the ball.",
      remedy: "Take steps of at least 2 radii / steps, and at most one radius.")
  }

  /// C11: radii that are no perturbations, or no larger than rounding.
  private func radius() throws -> Flag {
    let range = subject.box.map { $0.upperBound - $0.lowerBound }
    let largest = outcome.radii.last ?? 0
    let smallest = outcome.radii.first ?? 0
    let isTooLarge = range.map { norm == "linf" && largest > 0.5 * $0 } ?? false
    let isTooSmall = range.map { norm == "l2" && smallest < 0.05 * $0 } ?? false
    return try Flag(
      id: "attack.radius_implausible.\(norm)", check: "C11", raised: isTooLarge || isTooSmall,
      value: range == nil ? nil : isTooSmall ? smallest : largest,
      threshold: range.map { norm == "l2" ? 0.05 * $0 : 0.5 * $0 },
      meaning: norm == "l2"
        ? "A Euclidean radius below 0.05 of the range is hardly a perturbation; was linf meant?"
        : "A radius above half of the range lets any input become gray; was another unit meant?",
      remedy: "Give radii in the data's own units, for the norm they are meant for.")
  }

  /// C12: an attack that a model was trained against says least about it.
  private func variety() throws -> Flag {
    let names = Set(
      outcome.curves.filter { $0.role != .noise && $0.role != .singleStep }.map(\.name)
    ).subtracting(subject.trainedAgainst)
    let known = subject.trainedAgainst.sorted().joined(separator: ", ")
    return try Flag(
      id: "attack.same_as_training.\(norm)", check: "C12", raised: names.isEmpty,
      value: Double(names.count), threshold: 1,
      meaning: """
        No iterated or gradient-free attack ran but those the model was trained against\
        \(known.isEmpty ? "" : " (\(known))"): it has learned to withstand these. The value is how many \
        others ran.
        """,
      remedy: "Attack with several methods, at least one of them not used in training.")
  }

  /// C13: the worst case is taken example by example; the least of several averages is larger.
  private func worstCase() throws -> Flag {
    let worst = outcome.radii.indices.map { index in
      let stand = RobustnessCurve.standing(outcome.curves, at: index).filter { $0 }
      return Double(stand.count) / count
    }
    // What an earlier look broke lowers what is reported, and is no mistake.
    let excess = zip(reported, worst).map { $0 - $1 }.max()
    let gains = outcome.radii.indices.map { index in
      let means = outcome.curves.map { $0.accuracy(at: index).rate ?? 0 }
      return (means.min() ?? worst[index]) - worst[index]
    }
    let gain = String(format: "%.1f", (gains.max() ?? 0) * 100)
    return try Flag(
      id: "attack.worst_case_of_means.\(norm)", check: "C13", raised: (excess ?? 0) > 1e-9,
      value: excess.map { max(0, $0) }, threshold: 0,
      meaning: """
        The reported accuracy is larger, by the value, than the share of examples that stand every attack. \
        Example by example the attacks gain up to \(gain) points over the best of them.
        """,
      remedy: "Report this as a bug: the worst case was not taken example by example.")
  }
}
