import Datasets
import Networks
import Perturbations
import Reports
import Torch

/// Whether attacks work at all: with no bound to speak of everything must break (C5 and C6).
///
/// Carlini et al., "On evaluating adversarial robustness", 2019, section 5.5; the unconstrained failure of
/// Pintor et al., "Indicators of attack failure", NeurIPS 2022.
struct UnboundedChecks {
  let outcome: RobustnessOutcome
  let subject: Subject

  private var norm: String { outcome.norm.name }
  private var settings: AuditSettings { subject.settings }
  private var count: Int { min(settings.probedCount, subject.attackedCount) }

  func flags() throws -> [Flag] {
    guard count > 0, !outcome.radii.isEmpty else { return [] }
    return try unbounded()
  }

  private func run(
    _ attack: any Attack, on positions: [Int], radius: Double
  ) throws -> AttackResult {
    try subject.engine.run(
      attack, on: subject.target, subject.attackedBatch.selecting(positions),
      within: try Ball(outcome.norm, radius: radius, box: subject.box), context: subject.context)
  }

  private func unbounded() throws -> [Flag] {
    let all = Array(0..<count)
    let radius = wholeRange()
    // From the clean input: a random point of the whole range is another input, and success by chance.
    var fromClean = AttackPlan.projected(settings, radius: radius)
    (fromClean.hasRandomStart, fromClean.restarts) = (false, 1)
    let first = try run(fromClean, on: all, radius: radius)
    let standing = Double(first.success.filter { !$0 }.count)
    let chance = 1 / Double(max(1, subject.classifier.classCount))
    let bound = chance + 2 * (chance * (1 - chance) / Double(count)).squareRoot()
    var left = all.filter { !first.success[$0] }
    for attack in strongest(radius) where !left.isEmpty {
      let result = try run(attack, on: left, radius: radius)
      left = zip(left, result.success).filter { !$1 }.map(\.0)
    }
    let accuracy = standing / Double(count)
    let size = FindingID.part(for: radius)
    return [
      try Flag(
        id: "attack.unbounded_fails.\(norm)", check: "C5", raised: accuracy > bound,
        value: accuracy, threshold: bound,
        meaning: """
          PGD leaves more accuracy than chance at a radius of \(size), where anything is allowed: it \
          does not work on this model. The first \(count) examples.
          """,
        remedy: "Attack the margin or the difference of logits ratio, or without gradients."),
      try Flag(
        id: "attack.curve_open.\(norm)", check: "C6", raised: !left.isEmpty,
        value: Double(left.count) / Double(count), threshold: 0,
        meaning: """
          Some of the first \(count) examples stand every loss and noise at a radius of \(size), where \
          anything is allowed: the curve never reaches zero.
          """,
        remedy: "Attack without gradients, with more queries."),
    ]
  }

  /// A radius from which every input of the range can be reached.
  private func wholeRange() -> Double {
    let features = Double(subject.data.inputShape.reduce(1, *))
    // Without a range: twenty spreads, which is farther than data of that spread go.
    let side = subject.box == nil ? 20 * subject.unit : subject.unit
    switch norm {
    case "l2": return side * features.squareRoot()
    case "l1": return side * features
    default: return side
    }
  }

  private func strongest(_ radius: Double) -> [any Attack] {
    let adaptive = AttackPlan(settings, norm: outcome.norm).entries.filter { $0.role == .adaptive }
    return [AttackPlan.projected(settings, radius: radius, loss: .margin)]
      + adaptive.map { $0.make(radius) } + [UniformNoise(draws: settings.draws)]
  }
}
