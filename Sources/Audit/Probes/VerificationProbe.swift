import Datasets
import Foundation
import Inversion
import Networks
import Reports
import Statistics
import Torch
import Training

/// How well an encoder tells people apart whom it has not learned from: those that are private or for
/// thresholds.
public struct VerificationProbe: EncoderProbe {
  /// The probe.
  public init() {}

  /// `verification`.
  public var name: String { "verification" }

  /// Reads error rates from all pairs.
  public func run(on subject: EncoderSubject) throws -> Evidence {
    let scores = try Self.scores(of: subject.encoder, subject)
    var evidence = Evidence()
    evidence.findings.append(
      try Self.finding(
        "verification.eer", "Equal error rate", .equalErrorRate, scores, subject,
        better: .lower, plots: [Self.plot(scores)]))
    var strictest: VerificationThreshold?
    for rate in SystemThresholds.standardRates {
      let threshold = try scores.threshold(atFalseMatchRate: rate)
      let part = FindingID.part(for: rate)
      evidence.findings.append(
        try Self.finding(
          "verification.tar.\(part)", "True accept rate at a false match rate of \(part)",
          .trueAcceptRate(falseMatchRate: rate), scores, subject, threshold.warning))
      strictest = threshold
    }
    evidence.flags.append(
      try Self.flag("verification.few_pairs", strictest, of: "people who were not learned from"))
    return evidence
  }

  /// All pairs of images of people whom the encoder has not learned from.
  static func scores(
    of encoder: any TemplateEncoder, _ subject: EncoderSubject
  ) throws -> VerificationScores {
    let data = subject.inversion.data
    let (people, others) = (data.privateImages, data.thresholdImages)
    let templates = try [people, others].map {
      try encoder.checkedTemplates(of: TemplateData.images(of: $0))
    }
    // Numbers of people begin at 0 in either set.
    let apart = others.labelValues.map { $0 + people.classNames.count }
    return try VerificationScores(
      embeddings: .concatenated(templates), identities: people.labelValues + apart)
  }

  static func finding(
    _ id: String, _ title: String, _ reading: VerificationScores.Reading,
    _ scores: VerificationScores, _ subject: EncoderSubject, _ warning: String? = nil,
    better: Finding.Direction = .higher, plots: [Plot] = []
  ) throws -> Finding {
    var stream = RandomStream(seed: subject.context.seed, purpose: "interval.\(id)")
    let whose =
      subject.learned == nil
      ? "that none of them was learned from is the auditor's word"
      : "none of whom the encoder learned from"
    return try Finding(
      id: id, title: title, value: scores.value(of: reading),
      interval: try scores.interval(
        of: reading, Bootstrap(resamples: min(1000, subject.settings.inversion.resamples)),
        using: &stream),
      better: better,
      detail: """
        \(scores.genuineCount) genuine and \(scores.impostorCount) impostor pairs of \
        \(scores.identityCount) people; \(whose). The interval draws people.\
        \(warning.map { " Too few pairs: \($0)." } ?? "")
        """, plots: plots)
  }

  /// Whether the strictest threshold rests on as many pairs as the rule of 30 asks for.
  static func flag(
    _ id: String, _ threshold: VerificationThreshold?, of people: String
  ) throws -> Flag {
    let rate = FindingID.part(for: threshold?.falseMatchRate ?? 0)
    return try Flag(
      id: id, raised: threshold?.isSupported == false,
      value: threshold.map { Double($0.impostorPairs) },
      threshold: threshold.map { Double($0.pairsNeeded) },
      meaning: """
        There are fewer impostor pairs of \(people) than the rule of 30 asks for at a false match rate \
        of \(rate): the numbers there rest on a handful of them.
        """,
      remedy: "Give pictures of more people, or look at higher false match rates.")
  }

  private static func plot(_ scores: VerificationScores) -> Plot {
    let points = scores.curve.filter { $0.falseMatchRate > 0 }
    // A point for every hundredth of a decade is more than a drawing can show.
    var last = -Double.infinity
    let kept = points.compactMap { point -> Plot.Series.Point? in
      let place = log10(point.falseMatchRate)
      guard place >= last + 0.01 || point == points.last else { return nil }
      last = place
      return .init(x: place, y: point.trueAcceptRate)
    }
    return Plot(
      title: "True accept rate by false match rate",
      caption: "Over all pairs; each threshold is a point of the curve.",
      content: .lines(
        Plot.Lines(
          x: Plot.Axis("log10 of the false match rate"),
          y: Plot.Axis("true accept rate", range: 0...1, format: .percent),
          series: [.init("encoder", points: kept, style: .plain)])))
  }

}
