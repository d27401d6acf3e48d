import Datasets
import Perturbations
import Reports
import Statistics
import Torch

/// Whether gradients with respect to inputs are there and tell the truth: attacks that follow them
/// mean nothing otherwise.
///
/// Athalye et al., "Obfuscated gradients give a false sense of security", ICML 2018.
public struct GradientHealthProbe: Probe {
  private let steps = [0.01, 0.05]

  /// The probe.
  public init() {}

  /// `gradients`.
  public var name: String { "gradients" }

  /// Measures the share of zero and non-finite gradients, and how well the loss moves as they say.
  public func run(on subject: Subject) throws -> Evidence {
    let rows = try measure(subject)
    let count = Double(rows.count)
    let zero = Double(rows.filter { $0.norm == 0 }.count) / count
    let nonFinite = Double(rows.filter { !$0.norm.isFinite }.count) / count
    let ratios = rows.flatMap(\.ratios).filter(\.isFinite).sorted()
    let agreement = ratios.isEmpty ? nil : quantile(0.5, ofSorted: ratios)
    return Evidence(
      findings: [
        try share("gradients.zero_share", "Zero gradients", zero, rows.map { $0.norm == 0 }),
        try share(
          "gradients.non_finite_share", "Gradients that are not finite", nonFinite,
          rows.map { !$0.norm.isFinite }),
        try agreementFinding(agreement, ratios, subject),
      ],
      flags: try flags(zero: zero, nonFinite: nonFinite, agreement: agreement))
  }

  private struct Row: Sendable {
    let norm: Double
    let ratios: [Double]
  }

  private func measure(_ subject: Subject) throws -> [Row] {
    let target = subject.target
    let steps = steps
    return try subject.engine.map(subject.attackedBatch, context: subject.context) { batch in
      let loss = { (logits: Tensor) in logits.crossEntropy(batch.labels, reduction: .none) }
      let gradient = try withGradients(enabled: true) {
        let variable = batch.inputs.variable()
        return Torch.gradient(
          of: loss(try target.logits(variable)).sum(), withRespectTo: variable)
      }
      // A norm of all features at once would hide one NaN among zeros no better than it shows it.
      let norms = L2().length(of: gradient).to(.float64)
      let direction = L2().steepest(gradient.where(gradient.isFinite, else: 0))
      let ratios = try steps.map { step in
        try withoutGradients {
          let up = loss(try target.logits(batch.inputs + direction * step)).to(.float64)
          let down = loss(try target.logits(batch.inputs - direction * step)).to(.float64)
          return ((up - down) / (norms * (2 * step))).values(as: Double.self)
        }
      }
      return norms.values(as: Double.self).enumerated().map { row, norm in
        // Below this the difference quotient is rounding error of float32 losses.
        Row(norm: norm, ratios: norm > 1e-4 ? ratios.map { $0[row] } : [])
      }
    }.flatMap { $0 }
  }

  private func share(
    _ id: String, _ title: String, _ value: Double, _ outcomes: [Bool]
  ) throws -> Finding {
    try Finding(
      id: id, title: title, value: value, interval: Proportion(outcomes).wilson(), better: .lower,
      detail: "Of the cross-entropy with respect to the input, over \(outcomes.count) examples.")
  }

  private func agreementFinding(
    _ agreement: Double?, _ ratios: [Double], _ subject: Subject
  ) throws -> Finding {
    var stream = RandomStream(seed: subject.context.seed, purpose: "gradients.bootstrap")
    let interval =
      ratios.count > 1
      ? try Bootstrap(.percentile, resamples: 500).interval(
        of: "agreement", over: ratios, using: &stream,
        statistic: { quantile(0.5, ofSorted: $0.sorted()) }) : nil
    return try Finding(
      id: "gradients.finite_difference", title: "Finite-difference agreement of gradients",
      value: agreement, interval: interval, unit: "ratio",
      detail: """
        Median over examples of the loss's change along the gradient, divided by what the gradient \
        promises, at Euclidean steps of \(steps.map { "\($0)" }.joined(separator: " and ")); 1 is \
        perfect, \(ratios.count) ratios of examples whose gradient is longer than 1e-4.
        """)
  }

  private func flags(zero: Double, nonFinite: Double, agreement: Double?) throws -> [Flag] {
    let masked = agreement.map { $0 < 0.5 || $0 > 1.5 } ?? true
    return [
      try Flag(
        id: "gradients.zero", raised: zero > 0.01, value: zero, threshold: 0.01,
        meaning: "Gradients vanish, so attacks that follow them cannot start.",
        remedy: "Attack the margin instead of the cross-entropy, or without gradients."),
      try Flag(
        id: "gradients.not_finite", raised: nonFinite > 0, value: nonFinite, threshold: 0,
        meaning: "Gradients are NaN or infinite for some examples.",
        remedy: "Look for divisions by zero and overflow in the model."),
      try Flag(
        id: "gradients.masked", raised: masked, value: agreement, threshold: 0.5,
        meaning: "The loss does not move as its gradient says: gradients are shattered or masked.",
        remedy: "Attack without gradients, or through a smooth stand-in for the layer at fault."),
    ]
  }
}
