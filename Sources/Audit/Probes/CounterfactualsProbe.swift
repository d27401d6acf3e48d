import Datasets
import Explanations
import Foundation
import Networks
import Reports
import Statistics
import Torch
import Training

/// Where one step along the gradient of the margin leads: for a network that transports, to the boundary and
/// no farther than needed.
public struct CounterfactualsProbe: Probe {
  private static let multiples = [1, 1.5, 2.0]

  /// The probe.
  public init() {}

  /// `counterfactuals`.
  public var name: String { "counterfactuals" }

  /// Makes counterfactuals of the probed examples towards the second likeliest class.
  public func run(on subject: Subject) throws -> Evidence {
    let batch = ExplanationsProbe.batch(of: subject)
    guard subject.classifier.classCount > 1 else { return Evidence() }
    let found = try TransportCounterfactual(multiples: Self.multiples, box: subject.box).find(
      batch, on: subject.target, context: subject.context)
    var findings = [
      try residual(found, subject),
      try mean(
        "counterfactual.length", "Distance to the boundary by the slope",
        found.lengths, "units of the data", .higher,
        "The margin to the second likeliest class over the length of its gradient", subject),
      try mean(
        "counterfactual.slope", "Length of the margin's gradient", found.slopes, "", .lower,
        "1 for a network that transports between two classes", subject),
    ]
    for (index, multiple) in Self.multiples.enumerated() {
      findings.append(try flips(found, index, multiple, isBoxed: false, subject))
      if found.boxed != nil {
        findings.append(try flips(found, index, multiple, isBoxed: true, subject))
      }
    }
    findings[0].pictures = try CounterfactualPictures.strips(
      of: found, batch, in: subject.data, count: 4)
    if let plane = try Self.plane(of: subject) { findings[0].plots = [plane.plot] }
    return Evidence(findings: findings)
  }

  /// The picture of examples in a plane; with a plan of transport where the network may follow one.
  private static func plane(of subject: Subject) throws -> CounterfactualPlane? {
    let hinge = subject.settings.hinge
    let isTransport =
      try OptimalTransportProbe().suits(subject)
      && OptimalTransportProbe.smallBound(of: subject) != nil
    return try CounterfactualPlane(
      of: subject.classifier, on: subject.data,
      transport: isTransport
        ? HingeRegularisation(lambda: hinge.lambda, margin: hinge.margin) : nil,
      context: subject.context)
  }

  private func residual(_ found: CounterfactualResult, _ subject: Subject) throws -> Finding {
    let values = found.residuals(at: 0).filter(\.isFinite)
    var stream = RandomStream(
      seed: subject.context.seed, purpose: "counterfactual.residual.bootstrap")
    let interval =
      values.count > 1
      ? try Bootstrap(.percentile, resamples: subject.settings.resamples).interval(
        of: "median", over: values, using: &stream
      ) { quantile(0.5, ofSorted: $0.sorted()) } : nil
    return try Finding(
      id: "counterfactual.residual", title: "Margin left after one step, as a share",
      value: values.isEmpty ? nil : quantile(0.5, ofSorted: values.sorted()), interval: interval,
      unit: "", better: .lower,
      detail: """
        Median over \(values.count) of \(found.indices.count) examples of |f(x - f ∇f / |∇f|²)| / |f(x)|, \
        f the margin to the second likeliest class; 0 where one step ends on the boundary; percentile \
        bootstrap.
        """)
  }

  private func mean(
    _ id: String, _ title: String, _ values: [Double], _ unit: String,
    _ better: Finding.Direction, _ what: String, _ subject: Subject
  ) throws -> Finding {
    let mean = try FiniteMean(
      of: values, resamples: subject.settings.resamples, seed: subject.context.seed, purpose: id)
    return try Finding(
      id: id, title: title, value: mean.mean, interval: mean.interval, unit: unit, better: better,
      detail: "\(what); mean over \(mean.count) of \(values.count) examples.")
  }

  private func flips(
    _ found: CounterfactualResult, _ index: Int, _ multiple: Double, isBoxed: Bool,
    _ subject: Subject
  ) throws -> Finding {
    let flipped = found.flipped(at: index, boxed: isBoxed)
    let step = FindingID.part(for: multiple)
    return try Finding(
      id: "counterfactual.\(isBoxed ? "flipped_in_box" : "flipped").\(step)",
      title: "Predictions changed at \(step) steps\(isBoxed ? ", cut to the box" : "")",
      value: flipped.isEmpty
        ? nil : Double(flipped.filter { $0 }.count) / Double(flipped.count),
      interval: flipped.isEmpty ? nil : try Proportion(flipped).wilson(),
      detail: """
        Share of \(flipped.count) examples whose class is another after \(step) times the step that would \
        reach the boundary of a linear model\(isBoxed ? ", cut to the values that inputs can take" : "").
        """)
  }
}
