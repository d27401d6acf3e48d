import Certificates
import Datasets
import Foundation
import Perturbations
import Reports
import Statistics
import Torch

/// How often the model is right and provably stays so, and whether an attack contradicts the proof.
///
/// Proofs from the weights are about the very model that is attacked: the certified accuracy at a radius
/// is at most the robust one, and the curve of one lies under that of the other. An attack that succeeds
/// inside a certified radius means that certificate, attack or model do not do what they say
/// (check E9). Randomised smoothing is about another model, the one that sees noise, so its findings
/// stand by themselves.
public struct CertificatesProbe: Probe {
  /// The probe.
  public init() {}

  /// `certificates`.
  public var name: String { "certificates" }

  /// Certificates without attacks to hold them against.
  public func run(on subject: Subject) throws -> Evidence {
    var found = Evidence()
    return try run(on: subject, after: &found)
  }

  /// Certificates in every norm that has one, held against what attacks found.
  public func run(on subject: Subject, after found: inout Evidence) throws -> Evidence {
    var evidence = Evidence()
    for entry in subject.settings.radii {
      for method in Self.proofs(in: entry.norm, subject) {
        do {
          let result = try method.certify(
            subject.classifier, subject.attackedBatch, context: subject.context)
          let curve = CertifiedCurve(result, radii: entry.radii.sorted())
          evidence.add(try proven(curve, subject, &found))
        } catch CertificateError.needsNetwork {
          continue
        } catch let error as CertificateError {
          evidence.findings.append(try missing(error, norm: entry.norm))
        }
      }
    }
    if let smoothing = subject.settings.smoothing {
      evidence.add(try SmoothedModel(smoothing, of: subject).evidence())
    }
    return evidence
  }

  /// What of the settings the findings depend on.
  static func settings(_ settings: AuditSettings) -> [(String, JSONValue)] {
    guard let smoothing = settings.smoothing else { return [] }
    return [
      ("smoothingSigma", JSONValue(smoothing.sigma)),
      ("smoothingSamples", .integer(smoothing.samples)),
      ("smoothedExamples", .integer(smoothing.count)),
    ]
  }

  /// The methods that prove something about the model itself.
  private static func proofs(in norm: String, _ subject: Subject) -> [any Certificate] {
    let all: [any Certificate] = [IntervalBounds(box: subject.box), LipschitzMargin()]
    return all.filter { $0.norms.contains(norm) }
  }

  private func proven(
    _ curve: CertifiedCurve, _ subject: Subject, _ found: inout Evidence
  ) throws -> Evidence {
    let norm = curve.result.norm
    var evidence = Evidence(findings: try curve.findings())
    if !found.draw(try curve.series(), under: norm), !evidence.findings.isEmpty {
      evidence.findings[0].plots = [try curve.plot()]
    }
    let rest = Array(repeating: Double?.none, count: subject.data.count - curve.result.count)
    evidence.columns = [
      .init("\(norm).\(curve.result.method).certified", .numbers(curve.result.radius + rest))
    ]
    if let lengths = found.shortestPerturbations(in: norm) {
      evidence.add(try contradictions(curve, lengths))
    }
    return evidence
  }

  /// Check E9: no attack succeeds inside a certified radius.
  private func contradictions(
    _ curve: CertifiedCurve, _ lengths: [Double?]
  ) throws -> Evidence {
    let (norm, method) = (curve.result.norm, curve.result.method)
    let worst = curve.contradictions(of: lengths)
    let names = worst.prefix(5).map { "\($0)" }.joined(separator: ", ")
    let finding = try Finding(
      id: "certified.contradictions.\(norm)",
      title: "Attacks inside certified radii, \(norm)", value: Double(worst.count),
      unit: "examples", better: .lower, verdict: worst.isEmpty ? .info : .fail,
      threshold: worst.isEmpty ? nil : 0,
      detail: worst.isEmpty
        ? "No attack changed a prediction inside a radius that \(method) certifies."
        : "Examples \(names): an attack found a perturbation shorter than \(method) certifies.")
    let flag = try Flag(
      id: "certificate.contradicted.\(norm)", check: "E9", raised: !worst.isEmpty,
      value: Double(worst.count), threshold: 0,
      meaning: "An attack succeeds where a certificate proves that none can.",
      remedy: "Report it: certificate, attack or model do not do what they say.")
    return Evidence(findings: [finding], flags: [flag])
  }

  private func missing(_ error: CertificateError, norm: String) throws -> Finding {
    try Finding(
      id: "certified.accuracy.\(norm)", title: "Certified accuracy, \(norm)", value: nil,
      detail: "Nothing is certified: \(error.description).")
  }
}
