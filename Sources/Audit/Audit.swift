import Datasets
import Foundation
import Perturbations
import Reports
import Torch

/// Runs probes over a subject and puts their evidence into a report.
public struct Audit: Sendable {
  /// The version that reports carry.
  public static let version = "0.1.0"

  /// The probes, in order.
  public let probes: [any Probe]

  /// An audit with some probes; all there are unless told otherwise.
  public init(probes: [any Probe] = Probes.all) { self.probes = probes }

  /// A report with the per-sample table beside it.
  public struct Result: Sendable {
    /// The report.
    public var report: Report
    /// One row an example.
    public let samples: SampleTable
    /// What attacks did, for a second look.
    let outcomes: [RobustnessOutcome]
  }

  /// Runs all probes.
  ///
  /// - Parameters:
  ///   - started: when the audit started, for the report alone.
  ///   - progress: called with the name of each probe before it runs.
  /// - Throws: what a probe throws.
  public func run(
    on subject: Subject, started: Date = Date(), progress: (String) -> Void = { _ in }
  ) throws -> Result {
    try subject.settings.validate()
    var evidence = Evidence()
    for probe in probes where probe.suits(subject) {
      progress(probe.name)
      let found = try probe.run(on: subject, after: &evidence)
      evidence.findings += found.findings
      evidence.flags += found.flags
      evidence.columns += found.columns
      evidence.outcomes += found.outcomes
    }
    let indices = SampleTable.Column("index", .integers(subject.data.sourceIndices))
    let report = Report(
      version: Self.version, subject: try description(of: subject),
      settings: settings(of: subject), seed: subject.context.seed, started: started,
      seconds: Date().timeIntervalSince(started), findings: evidence.findings,
      flags: evidence.flags)
    return Result(
      report: report, samples: try SampleTable([indices] + evidence.columns),
      outcomes: evidence.outcomes)
  }

  private func description(of subject: Subject) throws -> JSONObject {
    [
      "name": .string(subject.name), "data": .string(subject.data.name),
      "examples": .integer(subject.data.count),
      "fingerprint": .string(try subject.data.fingerprint()),
      "classes": .array(subject.data.classNames.map { .string($0) }),
      "inputShape": .array(subject.data.inputShape.map { .integer($0) }),
    ]
  }

  /// Everything that can change a number; the number of workers cannot.
  private func settings(of subject: Subject) -> JSONObject {
    let settings = subject.settings
    let common: JSONObject = [
      "bootstrapResamples": .integer(settings.resamples),
      "device": .string(subject.context.device.description),
      "libtorch": .string(libtorchVersion),
      "probes": .array(probes.filter { $0.suits(subject) }.map { .string($0.name) }),
    ]
    let attacks =
      subject.data.vocabulary == nil ? attacksOnNumbers(settings) : attacksOnWords(settings)
    let membership: [(String, JSONValue)] =
      subject.learned == nil
      ? []
      : [
        ("membershipExamples", .integer(settings.membershipCount)),
        ("shadowModels", .integer(settings.shadowModels)),
      ]
    return JSONObject(
      [
        ("profile", .string(settings.profile.rawValue)),
        ("attackedExamples", .integer(subject.attackedCount)),
      ] + attacks + membership + common.members.map { ($0.key, $0.value) })
  }

  private func attacksOnNumbers(_ settings: AuditSettings) -> [(String, JSONValue)] {
    let radii = settings.radii.map { entry in
      (entry.norm, JSONValue.array(entry.radii.map { JSONValue($0) }))
    }
    return [
      ("radii", .object(JSONObject(radii))),
      (
        "attacks", .object(JSONObject(settings.radii.map { ($0.norm, attacks(settings, $0.norm)) }))
      ),
      ("passesAveraged", .integer(settings.samples)),
      ("probedExamples", .integer(settings.probedCount)),
      ("probeDraws", .integer(settings.probeDraws)),
    ] + CertificatesProbe.settings(settings)
  }

  private func attacks(_ settings: AuditSettings, _ norm: String) -> JSONValue {
    (try? Norms.named(norm)).map { AttackPlan(settings, norm: $0).json } ?? .null
  }

  private func attacksOnWords(_ settings: AuditSettings) -> [(String, JSONValue)] {
    let exchange = HotFlip()
    let ascent = EmbeddingGradient(steps: settings.steps, restarts: settings.restarts)
    return [
      ("attacks", .array([.string(exchange.name), .string(ascent.name)])),
      ("hotflipCandidates", .integer(exchange.candidates)),
      ("pgdSteps", .integer(ascent.steps)),
      ("pgdStepSizeInRadii", JSONValue(ascent.stepSize(radius: 1))),
      ("pgdRestarts", .integer(ascent.restarts)), ("pgdRandomStart", .bool(ascent.hasRandomStart)),
    ]
  }
}
