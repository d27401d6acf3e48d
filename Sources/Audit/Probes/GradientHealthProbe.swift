import Datasets
import Perturbations
import Reports
import Statistics
import Torch

/// Whether gradients with respect to inputs are there and tell the truth: attacks that follow them
/// mean nothing otherwise (checks A1 to A5).
///
/// Athalye et al., "Obfuscated gradients give a false sense of security", ICML 2018. Flags look at the
/// examples that are classified correctly, since the others need no attack.
public struct GradientHealthProbe: Probe {
  /// The probe.
  public init() {}

  /// `gradients`.
  public var name: String { "gradients" }

  /// Measures the share of zero and non-finite gradients, and how well the loss moves as they say.
  public func run(on subject: Subject) throws -> Evidence {
    let rows = try subject.engine.map(subject.attackedBatch, context: subject.context) { batch in
      try GradientMeasurement.measure(batch, on: subject.target)
    }.flatMap { $0 }
    let correct = zip(rows, subject.clean.correct).filter { $1 }.map(\.0)
    return Evidence(
      findings: [
        try share("gradients.zero_share", "Zero gradients", rows.map { $0.norm == 0 }),
        try share(
          "gradients.non_finite_share", "Gradients that are not finite",
          rows.map { !$0.norm.isFinite }),
        try agreementFinding(Self.ratios(rows), subject),
      ],
      flags: try availability(correct) + shape(correct))
  }

  private static func ratios(_ rows: [GradientMeasurement]) -> [Double] {
    rows.flatMap(\.ratios).filter(\.isFinite).sorted()
  }

  private func share(_ id: String, _ title: String, _ outcomes: [Bool]) throws -> Finding {
    try Finding(
      id: id, title: title,
      value: Double(outcomes.filter { $0 }.count) / Double(outcomes.count),
      interval: Proportion(outcomes).wilson(), better: .lower,
      detail: "Of the cross-entropy with respect to the input, over \(outcomes.count) examples.")
  }

  private func agreementFinding(_ ratios: [Double], _ subject: Subject) throws -> Finding {
    var stream = RandomStream(seed: subject.context.seed, purpose: "gradients.bootstrap")
    let interval =
      ratios.count > 1
      ? try Bootstrap(.percentile, resamples: 500).interval(
        of: "agreement", over: ratios, using: &stream,
        statistic: { quantile(0.5, ofSorted: $0.sorted()) }) : nil
    let steps = GradientMeasurement.steps.map { "\($0)" }.joined(separator: " and ")
    return try Finding(
      id: "gradients.finite_difference", title: "Finite-difference agreement of gradients",
      value: ratios.isEmpty ? nil : quantile(0.5, ofSorted: ratios), interval: interval,
      unit: "ratio",
      detail: """
        Median over examples of the loss's change along the gradient, divided by what the gradient \
        promises, at Euclidean steps of \(steps); 1 is perfect, 0 stands for gradients that vanish; \
        \(ratios.count) ratios, without examples whose gradient is shorter than 1e-4.
        """)
  }

  /// Whether there are gradients (A1 to A3).
  private func availability(_ rows: [GradientMeasurement]) throws -> [Flag] {
    let zero = Shares(rows) { $0.norm == 0 }
    let zeroMargin = Shares(rows) { $0.marginNorm == 0 }
    let interrupted = Shares(rows, \.isInterrupted)
    let isOnlySaturated = zeroMargin.share == 0
    return [
      try Flag(
        id: "gradients.zero", check: "A1", raised: zero.isAnywhere, value: zero.share,
        threshold: 0,
        meaning: isOnlySaturated && zero.isAnywhere
          ? "Gradients of the cross-entropy vanish, those of the margin do not: the loss is saturated."
          : "Gradients vanish, so attacks that follow them cannot start.",
        remedy: isOnlySaturated && zero.isAnywhere
          ? "Attack the margin or the difference of logits ratio in place of the cross-entropy."
          : "Attack the margin instead of the cross-entropy, or without gradients."),
      try Flag(
        id: "gradients.zero_margin", check: "A1", raised: zeroMargin.isAnywhere,
        value: zeroMargin.share, threshold: 0,
        meaning: "Gradients of the margin vanish: no loss on the logits can be followed.",
        remedy: "Attack without gradients, or through a smooth stand-in for the layer at fault."),
      try nonFinite(rows),
      try Flag(
        id: "gradients.interrupted", check: "A3", raised: interrupted.isAnywhere,
        value: interrupted.share, threshold: 0,
        meaning:
          "Outputs carry no gradient: something in the model detaches or converts its input.",
        remedy: "Export the model without the step that detaches, or attack without gradients."),
    ]
  }

  private func nonFinite(_ rows: [GradientMeasurement]) throws -> Flag {
    let wrong = Shares(rows) { !$0.norm.isFinite || !$0.marginNorm.isFinite }
    return try Flag(
      id: "gradients.not_finite", check: "A2", raised: wrong.isAnywhere, value: wrong.share,
      threshold: 0, meaning: "Gradients are NaN or infinite for some examples.",
      remedy: "Look for divisions by zero and overflow in the model.")
  }

  /// Whether they lead anywhere (A4 and A5).
  private func shape(_ rows: [GradientMeasurement]) throws -> [Flag] {
    let saturated = Shares(rows, \.isSaturated)
    let margins = rows.map(\.margin).filter(\.isFinite).sorted()
    let typical = margins.isEmpty ? "unknown" : rounded(quantile(0.5, ofSorted: margins))
    let ratios = Self.ratios(rows)
    let agreement = ratios.isEmpty ? nil : quantile(0.5, ofSorted: ratios)
    let masked = agreement.map { $0 < 0.5 || $0 > 1.5 } ?? false
    return [
      try Flag(
        id: "outputs.saturated", check: "A4", raised: (saturated.share ?? 0) > 0.5,
        value: saturated.share, threshold: 0.5,
        meaning: """
          Probabilities of most examples are one in working precision, so the cross-entropy is zero and \
          flat; the median margin is \(typical).
          """,
        remedy: "Attack the margin or the difference of logits ratio, or divide the logits."),
      try Flag(
        id: "gradients.masked", check: "A5", raised: masked, value: agreement, threshold: 0.5,
        meaning: "The loss does not move as its gradient says: gradients are shattered or masked.",
        remedy: "Attack without gradients, or through a smooth stand-in for the layer at fault."),
    ]
  }

  private func rounded(_ value: Double) -> String {
    FindingID.part(for: (value * 10).rounded() / 10)
  }
}

/// A share of some things; `nil` of none.
struct Shares {
  let share: Double?

  init<Element>(_ elements: [Element], _ isCounted: (Element) -> Bool) {
    share =
      elements.isEmpty
      ? nil : Double(elements.filter(isCounted).count) / Double(elements.count)
  }

  var isAnywhere: Bool { (share ?? 0) > 0 }
}
