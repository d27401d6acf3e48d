import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Torch

/// Whether more effort changes the answer: C4, C7, C8, C10, and the many draws of C3. They run attacks of
/// their own, on the first examples alone.
///
/// Carlini et al., "On evaluating adversarial robustness", 2019, section 5.
struct EffortChecks {
  let outcome: RobustnessOutcome
  let subject: Subject

  private var norm: String { outcome.norm.name }
  private var settings: AuditSettings { subject.settings }
  /// How many examples are looked at.
  private var count: Int { min(settings.probedCount, subject.attackedCount) }
  private var index: Int { outcome.tellingIndex(of: count) }
  private var radius: Double { outcome.radii.isEmpty ? 0 : outcome.radii[index] }
  private var scope: String {
    "The first \(count) examples, radius \(FindingID.part(for: radius)) in \(norm)."
  }

  func flags() throws -> [Flag] {
    guard count > 0, !outcome.radii.isEmpty else { return [] }
    let standing = outcome.standsGradients(at: index).prefix(count)
    let positions = standing.indices.filter { standing[$0] }
    return [
      try monotone(),
      try more(
        positions, id: "attack.steps_matter", check: "C7",
        meaning:
          "Twice the steps break more examples, or climb on: the attack had not converged.",
        remedy: "Attack with more steps (audit --heal, or --profile full)."
      ) { $0.more(steps: 2) },
      try more(
        positions, id: "attack.restarts_matter", check: "C8",
        meaning: "Twice the restarts break more examples, or climb higher: the start decides.",
        remedy: "Attack with more restarts (audit --heal, or --profile full)."
      ) { $0.more(restarts: 2) },
      try targeted(positions), try draws(),
    ]
  }

  private func ball(_ radius: Double) throws -> Ball {
    try Ball(outcome.norm, radius: radius, box: subject.box)
  }

  private func run(
    _ attack: any Attack, on positions: [Int], radius: Double
  ) throws -> AttackResult {
    try subject.engine.run(
      attack, on: subject.target, subject.attackedBatch.selecting(positions),
      within: try ball(radius), context: subject.context)
  }

  /// C4: what breaks at a smaller radius must break at the largest as well, without carry-over.
  private func monotone() throws -> Flag {
    let last = outcome.radii.count - 1
    let iterated = outcome.curves.first { $0.role == .iterated }
    let broken = (0..<count).filter { example in
      guard let at = iterated?.brokenAt[example] else { return false }
      return at >= 0 && at < last
    }
    let value: Double? =
      last == 0
      ? nil
      : broken.isEmpty
        ? 0
        : try Double(
          run(
            AttackPlan.projected(settings, radius: outcome.radii[last]), on: broken,
            radius: outcome.radii[last]
          ).success.filter { !$0 }.count) / Double(count)
    return try Flag(
      id: "attack.not_monotone.\(norm)", check: "C4", raised: (value ?? 0) > 0.01, value: value,
      threshold: 0.01,
      meaning: """
        PGD breaks examples at a small radius that it cannot break at the largest. \
        The first \(count) examples\(last == 0 ? "; with one radius there is nothing to compare" : "").
        """,
      remedy: "Attack with more steps and restarts, the margin, or without gradients.")
  }

  /// C7 and C8: newly broken examples, and what the mean loss of the others gained.
  private func more(
    _ positions: [Int], id: String, check: String, meaning: String, remedy: String,
    effort: (AuditSettings) -> AuditSettings
  ) throws -> Flag {
    var value = 0.0
    var rise = 0.0
    if !positions.isEmpty {
      let before = try losses(settings, positions)
      let after = try losses(effort(settings), positions)
      value = Double(after.filter(\.isBroken).count) / Double(count)
      let gain = zip(before, after).filter { !$0.isBroken && !$1.isBroken }
        .reduce(0) { $0 + $1.1.loss - $1.0.loss }
      // Those that are broken already climb no further; they count with the loss that broke them.
      let broken = (0..<count).filter { !positions.contains($0) }
      let total = before.reduce(0) { $0 + $1.loss } + (try lossOfBroken(broken))
      if total > 0 { rise = gain / total }
    }
    // The value is what raised the flag.
    let climbed = value <= 0.005 && rise > 0.01
    return try Flag(
      id: "\(id).\(norm)", check: check, raised: value > 0.005 || climbed,
      value: climbed ? rise : value, threshold: climbed ? 0.01 : 0.005,
      meaning: """
        \(meaning) \(percent(value)) newly broken (0.5 % are allowed), the mean loss rose by \
        \(percent(rise)) (1 %); \(positions.count) stood before. \(scope)
        """, remedy: remedy)
  }

  /// The cross-entropy, added up, of the inputs that broke examples; of the clean ones where those did.
  private func lossOfBroken(_ examples: [Int]) throws -> Double {
    guard !examples.isEmpty else { return 0 }
    let batch = subject.attackedBatch
    let inputs = examples.map { example in
      let found = outcome.whiteBox.filter { $0.isBroken(example, at: index) }
        .compactMap { $0.breaking[example]?.input }.first
      return found ?? batch.inputs[example..<example + 1]
    }
    let labels = batch.selecting(examples).labels
    let logits = try subject.engine.logits(
      of: subject.target,
      Batch(inputs: Tensor.concatenated(inputs), labels: labels, indices: examples),
      context: subject.context)
    return logits.crossEntropy(labels.to(.cpu), reduction: .none).values(as: Double.self)
      .filter(\.isFinite).reduce(0, +)
  }

  private func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }

  /// The cross-entropy that the ascent on it reaches.
  private func losses(
    _ settings: AuditSettings, _ positions: [Int]
  ) throws -> [(loss: Double, isBroken: Bool)] {
    let plan = AttackPlan(settings, norm: outcome.norm)
    // The attack that finds its own steps is the one that numbers rest on, where there is one.
    let name = settings.climbsMargin ? "apgd-dlr" : "apgd-ce"
    let entry =
      plan.entries.first { $0.name == name } ?? plan.entries.first { $0.role == .iterated }
    let attack = entry?.make(radius) ?? AttackPlan.projected(settings, radius: radius)
    let result = try run(attack, on: positions, radius: radius)
    let batch = Batch(
      inputs: result.adversarial,
      labels: subject.attackedBatch.selecting(positions).labels, indices: result.indices)
    let logits = try subject.engine.logits(
      of: subject.target, batch, context: subject.context)
    let losses = logits.crossEntropy(batch.labels.to(.cpu), reduction: .none)
    return zip(losses.values(as: Double.self), result.success).map { ($0, $1) }
  }

  /// C10: every other class in turn, those the model finds likeliest first; the bound is that of C1, the other
  /// comparison of two gradient attacks.
  private func targeted(_ positions: [Int]) throws -> Flag {
    let most = settings.profile == .quick ? 3 : 9
    let number = min(most, subject.classifier.classCount - 1)
    var left = positions
    for rank in 0..<max(0, number) where !left.isEmpty {
      let goal = Goal.classes(try targets(of: left, rank: rank))
      let attack = AttackPlan.projected(settings, radius: radius, loss: .margin, goal: goal)
      let result = try run(attack, on: left, radius: radius)
      left = zip(left, result.success).filter { !$1 }.map(\.0)
    }
    let value = Double(positions.count - left.count) / Double(count)
    return try Flag(
      id: "attack.targeted_wins.\(norm)", check: "C10", raised: value > 0.01, value: value,
      threshold: 0.01,
      meaning: """
        Aiming at \(number) classes in turn breaks examples that leaving the true one does not. \(scope)
        """,
      remedy: "Attack with targets: the difference of logits ratio of every class.")
  }

  /// The class of a rank among the wrong ones on the clean example, by index in the data.
  private func targets(of positions: [Int], rank: Int) throws -> [Int: Int] {
    let batch = subject.attackedBatch.selecting(positions)
    let isOwn = batch.labels.oneHot(classCount: subject.classifier.classCount).to(.bool)
    let logits = subject.clean.logits.selecting(rows: positions)
      .filled(where: isOwn.to(.cpu), with: -.infinity)
    let ranked = logits.sorted(along: 1, descending: true).indices.select(rank, along: 1)
    return Dictionary(
      zip(batch.indices, ranked.values(as: Int.self)), uniquingKeysWith: { first, _ in first })
  }

  /// C3 again, with many draws on few examples.
  private func draws() throws -> Flag {
    let stood = outcome.standsGradients(at: index).prefix(max(1, count * 2 / 5))
    let positions = stood.indices.filter { stood[$0] }
    let broken =
      positions.isEmpty
      ? 0
      : try run(UniformNoise(draws: settings.probeDraws), on: positions, radius: radius).success
        .filter { $0 }.count
    let value = Double(broken) / Double(max(1, stood.count))
    return try Flag(
      id: "attack.many_draws_win.\(norm)", check: "C3", raised: value > 0.002, value: value,
      threshold: 0.002,
      meaning: """
        One of \(settings.probeDraws) random points breaks an example that gradients do not. \
        The first \(stood.count) examples, radius \(FindingID.part(for: radius)).
        """,
      remedy: "Attack without gradients.")
  }
}

extension AuditSettings {
  /// So many times the steps or restarts; steps keep their length.
  fileprivate func more(steps: Int = 1, restarts: Int = 1) -> AuditSettings {
    var more = self
    more.steps *= steps
    more.adaptiveSteps *= steps
    more.restarts *= restarts
    return more
  }
}
