import Datasets
import Perturbations
import Reports
import Statistics
import Torch

/// How often the model stays right when inputs are perturbed, against the size of the perturbation.
///
/// An example that breaks at one radius counts as broken at all larger ones, since the ball of the
/// smaller radius lies in that of the larger. The robust accuracy of a radius is the share of
/// examples that stand all attacks: the worst case is taken example by example.
public struct RobustnessProbe: Probe {
  /// The probe.
  public init() {}

  /// `robustness`.
  public var name: String { "robustness" }

  /// Attacks in every norm at every radius.
  public func run(on subject: Subject) throws -> Evidence {
    var evidence = Evidence()
    for entry in subject.settings.radii {
      let norm = try Norms.named(entry.norm)
      let curves = try attacks(subject.settings).map { attack in
        try RobustnessCurve(
          attack: attack, norm: norm, radii: entry.radii.sorted(), subject: subject)
      }
      evidence.findings += try findings(curves, norm, subject)
      evidence.flags += try flags(curves, norm)
      evidence.columns += columns(curves, norm, subject) + lengths(curves, norm, subject)
    }
    return evidence
  }

  private func attacks(_ settings: AuditSettings) -> [@Sendable (Double) -> any Attack] {
    [
      { _ in UniformNoise(draws: settings.draws) },
      { _ in FastGradient() },
      { radius in
        ProjectedGradient(
          steps: settings.steps, stepSize: radius * settings.relativeStepSize,
          restarts: settings.restarts)
      },
    ]
  }

  private func findings(
    _ curves: [RobustnessCurve], _ norm: any Norm, _ subject: Subject
  ) throws -> [Finding] {
    let plot = try RobustnessCurve.plot(curves, norm: norm.name)
    let pictures = try RobustnessPictures.strips(of: curves, subject: subject)
    return try curves[0].radii.indices.map { index in
      let radius = curves[0].radii[index]
      let accuracy = Proportion(
        (0..<subject.attackedCount).map { example in
          curves.allSatisfy { !$0.isBroken(example, at: index) }
        })
      let parts = curves.map { "\($0.name) \(percent($0.accuracy(at: index).rate ?? 0))" }
      let text = FindingID.part(for: radius)
      return try Finding(
        id: "evasion.robust_accuracy.\(norm.name).\(text)",
        title: "Robust accuracy, \(norm.name) \(text)",
        value: accuracy.rate, interval: accuracy.wilson(),
        detail: """
          \(accuracy.successes) of the first \(accuracy.trials) examples stand all attacks; \
          accuracy under each: \(parts.joined(separator: ", ")). Misclassified clean examples \
          count as broken.
          """,
        plots: index == 0 ? [plot] : [], pictures: index == 0 ? pictures : [])
    }
  }

  private func percent(_ value: Double) -> String {
    let tenths = Int((value * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// Checks C1 and C3 of Carlini et al., "On evaluating adversarial robustness" (2019): an iterated
  /// attack must beat a single step, and random noise must not beat either.
  private func flags(_ curves: [RobustnessCurve], _ norm: any Norm) throws -> [Flag] {
    let noise = curves[0]
    let single = curves[1]
    let iterated = curves[2]
    func worstExcess(of weak: RobustnessCurve) -> Double {
      iterated.radii.indices.map { index in
        let count = weak.brokenAt.indices.filter {
          weak.isBroken($0, at: index) && !iterated.isBroken($0, at: index)
        }.count
        return Double(count) / Double(weak.brokenAt.count)
      }.max() ?? 0
    }
    return [
      try Flag(
        id: "attack.single_step_wins.\(norm.name)", raised: worstExcess(of: single) > 0.01,
        value: worstExcess(of: single), threshold: 0.01,
        meaning: "One gradient step breaks examples that many steps do not: gradients mislead.",
        remedy: "Attack with more restarts, smaller steps, or without gradients."),
      try Flag(
        id: "attack.noise_wins.\(norm.name)", raised: worstExcess(of: noise) > 0.002,
        value: worstExcess(of: noise), threshold: 0.002,
        meaning: "Random noise breaks examples that gradients do not: gradients are masked.",
        remedy: "Attack without gradients."),
    ]
  }

  private func columns(
    _ curves: [RobustnessCurve], _ norm: any Norm, _ subject: Subject
  ) -> [SampleTable.Column] {
    curves.map { curve in
      let values: [Double?] = (0..<subject.data.count).map { example in
        guard example < curve.brokenAt.count, let index = curve.brokenAt[example] else {
          return nil
        }
        return index < 0 ? 0 : curve.radii[index]
      }
      return .init("\(norm.name).\(curve.name).broken_at", .numbers(values))
    }
  }

  /// How long the perturbations are that broke examples, which certificates are held against.
  private func lengths(
    _ curves: [RobustnessCurve], _ norm: any Norm, _ subject: Subject
  ) -> [SampleTable.Column] {
    curves.map { curve in
      let values = (0..<subject.data.count).map { curve.breaking[$0]?.length }
      return .init("\(norm.name).\(curve.name).length", .numbers(values))
    }
  }
}
