import Datasets
import Foundation
import Inversion
import Reports
import Runs
import Torch

/// Runs the probes of encoders over a subject and puts their evidence into a report.
public struct EncoderAudit: Sendable {
  /// What the header of every report says.
  public static let notice = """
    Whoever made this report owns the audited model, or is authorised by its owner to test it.
    """

  /// The probes, in order.
  public let probes: [any EncoderProbe]

  /// An audit with some probes; all there are unless told otherwise.
  public init(probes: [any EncoderProbe] = Probes.ofEncoders) { self.probes = probes }

  /// Runs all probes.
  ///
  /// - Parameters:
  ///   - profile: what the settings come from, for the report alone.
  ///   - started: when the audit started, for the report alone.
  /// - Throws: what a probe throws.
  public func run(
    on subject: EncoderSubject, profile: AuditSettings.Profile, started: Date = Date()
  ) throws -> Audit.Result {
    var evidence = Evidence()
    subject.voice.say(
      "  skipped: \(Self.skipped.joined(separator: ", ")). \(Probes.skippedForEncoders)")
    for probe in probes {
      subject.voice.say("  \(probe.name)")
      let found = try probe.run(on: subject)
      evidence.findings += found.findings
      evidence.flags += found.flags
      evidence.columns += found.columns
    }
    var report = Report(
      version: Audit.version, subject: try description(of: subject),
      settings: try settings(of: subject, profile), seed: subject.context.seed,
      started: started, seconds: Date().timeIntervalSince(started), findings: evidence.findings,
      flags: evidence.flags)
    report.notice = Self.notice
    let names = SampleTable.Column(
      "person", .texts(subject.inversion.data.privateImages.classNames))
    return Audit.Result(
      report: report, samples: try SampleTable([names] + evidence.columns), outcomes: [])
  }

  private static var skipped: [String] { Probes.all.map(\.name) }

  private func description(of subject: EncoderSubject) throws -> JSONObject {
    let data = subject.inversion.data
    func part(_ data: Dataset) throws -> JSONValue {
      [
        "people": .integer(data.classNames.count), "images": .integer(data.count),
        "fingerprint": .string(try data.fingerprint()),
      ]
    }
    return [
      "name": .string(subject.name), "data": .string(data.privateImages.name),
      "kind": "encoder", "encoder": .string(try subject.encoder.fingerprint()),
      "templateWidth": .integer(subject.encoder.templateWidth),
      "inputShape": .array(subject.encoder.inputShape.map { .integer($0) }),
      "public": try part(data.publicImages), "private": try part(data.privateImages),
      "thresholds": try part(data.thresholdImages),
      "learnedFromThem": subject.learned == nil ? "not known" : "no",
    ]
  }

  /// Everything that can change a number.
  private func settings(
    of subject: EncoderSubject, _ profile: AuditSettings.Profile
  ) throws -> JSONObject {
    var recipe = subject.settings.inversion
    // Where things lie changes no number.
    recipe.encoders.system.path = nil
    recipe.data.source = subject.inversion.data.privateImages.name
    let encoded = try JSONEncoder().encode(recipe)
    let defences = subject.defences.map { JSONValue.string($0.name) }
    return [
      "profile": .string(profile.rawValue), "threads": .integer(subject.inversion.threads),
      "libtorch": .string(libtorchVersion),
      "probes": .array(probes.map { .string($0.name) }),
      "skippedProbes": .string(
        "\(Self.skipped.joined(separator: ", ")). \(Probes.skippedForEncoders)"),
      "defences": .array(defences),
      "attacksDefences": .bool(subject.settings.attacksDefences),
      "inversion": try JSONDecoder().decode(JSONValue.self, from: encoded),
    ]
  }
}
