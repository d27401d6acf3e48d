import Certificates
import Datasets
import Reports
import Torch

/// What randomised smoothing says about the model that sees noise.
struct SmoothedModel {
  private let subject: Subject
  private let method: RandomizedSmoothing
  private let count: Int

  init(_ smoothing: AuditSettings.Smoothing, of subject: Subject) {
    self.subject = subject
    count = min(smoothing.count, subject.attackedCount)
    method = RandomizedSmoothing(
      sigma: smoothing.sigma ?? Self.unit(of: subject) / 4, samples: smoothing.samples)
  }

  /// The width of the data's range, or the mean spread of its features.
  private static func unit(of subject: Subject) -> Double {
    if let box = subject.box { return box.upperBound - box.lowerBound }
    let spread = subject.attackedBatch.inputs.standardDeviation(along: [0]).mean().item
    return spread > 0 && spread.isFinite ? spread : 1
  }

  /// Accuracies of the smoothed model: without perturbations, and certified at every Euclidean radius that
  /// is attacked, or at halves and doubles of the noise.
  func evidence() throws -> Evidence {
    let batch = subject.data.batch(Array(0..<count))
    let result = try method.certify(subject.classifier, batch, context: subject.context)
    let attacked = subject.settings.radii.first { $0.norm == "l2" }?.radii.sorted()
    let radii = attacked ?? [0.5, 1, 2].map { $0 * method.sigma }
    let curve = CertifiedCurve(result, radii: [0] + radii.filter { $0 > 0 })
    var findings: [Finding] = []
    for (radius, finding) in zip(curve.radii, try curve.findings()) {
      let text = FindingID.part(for: radius)
      findings.append(
        try Finding(
          id: "certified.smoothed_accuracy.l2.\(text)",
          title: "Certified accuracy of the smoothed model, l2 \(text)", value: finding.value,
          detail: detail(result, radius)))
      findings[findings.count - 1].low = finding.low
      findings[findings.count - 1].high = finding.high
    }
    findings[0].plots = [
      try curve.plot(
        title: "Certified accuracy of the smoothed model",
        note: "This is the model that sees noise, not the one that is attacked. ")
    ]
    let rest = Array(repeating: Double?.none, count: subject.data.count - count)
    return Evidence(
      findings: findings,
      columns: [.init("l2.smoothing.certified", .numbers(result.radius + rest))])
  }

  private func detail(_ result: CertifiedResult, _ radius: Double) -> String {
    let certified = result.isCertified(at: radius).filter { $0 }.count
    let abstained = result.predicted.filter { $0 == nil }.count
    return """
      \(certified) of the first \(count) examples, with noise of standard deviation \
      \(FindingID.part(for: method.sigma)) and \(method.samples) draws; it abstains on \(abstained). \
      Each certificate holds with probability \(1 - method.alpha).
      """
  }
}
