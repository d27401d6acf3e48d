import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Torch

/// Whether the audit counted right: E1 to E8.
package struct BookkeepingChecks {
  let outcome: RobustnessOutcome
  let subject: Subject
  /// The inputs before anything was attacked.
  let inputsBefore: Tensor

  /// Checks of an outcome.
  package init(outcome: RobustnessOutcome, subject: Subject, inputsBefore: Tensor) {
    self.outcome = outcome
    self.subject = subject
    self.inputsBefore = inputsBefore
  }

  private var norm: String { outcome.norm.name }
  private var total: ResultCheck { outcome.curves.reduce(ResultCheck()) { $0 + $1.check } }

  /// All flags, raised or not.
  package func flags() throws -> [Flag] {
    [
      try cleanErrors(), try examples(), try bounds(), try repeated(), try sentinels(),
      try intervals(), try settings(), try cleanAccuracy(),
    ]
  }

  /// E1: an example that is wrong clean must count as broken at every radius.
  private func cleanErrors() throws -> Flag {
    let standing = outcome.radii.indices.map { outcome.standing(at: $0) }
    let wrong = standing.flatMap { standing in
      zip(standing, subject.clean.correct).filter { $0 && !$1 }
    }
    return try Flag(
      id: "bookkeeping.clean_errors.\(norm)", check: "E1", raised: !wrong.isEmpty,
      value: Double(wrong.count), threshold: 0,
      meaning: "Examples that are misclassified clean count as standing.",
      remedy: "Report this as a bug.")
  }

  /// E2: all attacks must have been asked about the same inputs, and left them as they were.
  private func examples() throws -> Flag {
    let changed = subject.attackedBatch.inputs.isIdentical(to: inputsBefore) ? 0 : 1
    let value = Double(total.otherExamples + changed)
    return try Flag(
      id: "bookkeeping.examples_differ.\(norm)", check: "E2", raised: value > 0, value: value,
      threshold: 0,
      meaning: "Attacks gave back other examples than they were given, or changed their inputs.",
      remedy: "Report this as a bug, with the name of the attack.")
  }

  /// E3: what broke must lie in the ball and in the box.
  private func bounds() throws -> Flag {
    try Flag(
      id: "bookkeeping.out_of_bounds.\(norm)", check: "E3", raised: total.excess > 1e-5,
      value: total.excess, threshold: 1e-5,
      meaning: """
        An adversarial input is longer than its radius by this part of it, outside of the range, or not \
        a number.
        """,
      remedy: "Report this as a bug, with the name of the attack.")
  }

  /// E4: the model must fail on what is kept when it is asked again, one input at a time.
  private func repeated() throws -> Flag {
    let kept = outcome.curves.flatMap { curve in curve.breaking.sorted { $0.key < $1.key } }
    let chosen = kept.prefix(subject.settings.probedCount)
    let labels = subject.clean.labels
    var (again, stored) = (0, 0)
    for (example, found) in chosen {
      let label = Tensor([labels[example]])
      func isRight(_ input: Tensor) throws -> Bool {
        try attempt {
          try withoutGradients {
            Target.isCorrect(try subject.target.logits(input), label).all
          }
        }
      }
      if try isRight(found.input) { again += 1 }
      if subject.box == 0...1, try isRight((found.input * 255).rounded() / 255) { stored += 1 }
    }
    let share = chosen.isEmpty ? nil : Double(again) / Double(chosen.count)
    let rounding =
      subject.box == 0...1 && !chosen.isEmpty
      ? " Of them \(stored) are classified correctly once stored with 8 bits." : ""
    return try Flag(
      id: "bookkeeping.mismatch.\(norm)", check: "E4", raised: (share ?? 0) > 0.01, value: share,
      threshold: 0.01,
      meaning: """
        The model is right on adversarial inputs that had broken it, when it is asked again about one at \
        a time: \(again) of \(chosen.count).\(rounding)
        """,
      remedy:
        "Average a random model's answers (audit --heal); else look for a dependence on batches.")
  }

  /// E5: a failure has no distance.
  private func sentinels() throws -> Flag {
    try Flag(
      id: "bookkeeping.sentinels.\(norm)", check: "E5", raised: total.sentinels > 0,
      value: Double(total.sentinels), threshold: 0,
      meaning: "Failed attacks have a distance, or successful ones have none.",
      remedy: "Report this as a bug, with the name of the attack.")
  }

  /// E6: under 1000 examples an interval must say what that means; every finding here has one.
  private func intervals() throws -> Flag {
    let count = subject.attackedCount
    let width = 1.96 * (0.25 / Double(max(1, count))).squareRoot() * 100
    return try Flag(
      id: "statistics.few_examples", check: "E6", raised: count < 30, value: Double(count),
      threshold: 30,
      meaning: """
        \(count) examples were attacked\(count < 1000 ? ", fewer than the customary 1000" : ""): \
        intervals are up to \(String(format: "%.1f", width)) points wide to either side. Under 30 they \
        say hardly anything.
        """,
      remedy: "Attack more examples (--count, or --profile standard).")
  }

  /// E7: every attack must leave its settings and its cost.
  private func settings() throws -> Flag {
    let silent = outcome.curves.filter { $0.attackedCount > 0 && $0.passes.forward == 0 }
    let costs = outcome.curves.filter { $0.attackedCount > 0 }.map { curve in
      let count = Double(curve.attackedCount)
      return """
        \(curve.name) \(Int((Double(curve.passes.forward) / count).rounded())) and \
        \(Int((Double(curve.passes.backward) / count).rounded()))
        """
    }
    return try Flag(
      id: "bookkeeping.cost_unknown.\(norm)", check: "E7", raised: !silent.isEmpty,
      value: Double(silent.count), threshold: 0,
      meaning: """
        Attacks do not say what they cost. Mean forward and backward passes an example and radius: \
        \(costs.joined(separator: ", ")).
        """,
      remedy: "Count the passes in the attack; settings, seed and versions are in the report.")
  }

  /// E8: robustness of a model that guesses means nothing.
  private func cleanAccuracy() throws -> Flag {
    let count = Double(subject.clean.correct.count)
    let accuracy = Double(subject.clean.correct.filter { $0 }.count) / count
    let chance = 1 / Double(max(1, subject.classifier.classCount))
    let bound = chance + 2 * (chance * (1 - chance) / count).squareRoot()
    return try Flag(
      id: "accuracy.chance", check: "E8", raised: accuracy <= bound, value: accuracy,
      threshold: bound,
      meaning: "The clean accuracy is no better than chance: there is nothing to break.",
      remedy:
        "Check labels, normalisation and the order of classes. No output of the model abstains.")
  }
}
