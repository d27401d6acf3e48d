import Audit
import Certificates
import Datasets
import Networks
import Perturbations
import Reports
import Testing
import Torch

@Suite("Certificates in audits")
struct CertificatesProbeTests {
  /// Two logits whose difference is 6 x + 8 y, as a network.
  private func network() -> FrozenNetwork {
    let layer = Linear(2, 2, using: Generator(seed: 0, purpose: "weights"))
    layer.$weight.replace(with: Tensor([Float(-3), -4, 3, 4], shape: [2, 2]))
    layer.bias?.replace(with: Tensor([Float(0), 0]))
    return FrozenNetwork(layer, inputShape: [2], classCount: 2)
  }

  private func data() throws -> Dataset {
    var stream = RandomStream(seed: 8, purpose: "points")
    let points = (0..<240).map { _ in Float(stream.uniform() * 2 - 1) }
    let inputs = Tensor(points, shape: [120, 2])
    let labels = inputs.matmul(Tensor([Float(6), 8])).greater(than: 0).to(.int64)
    return try Dataset(
      name: "points", inputs: inputs, labels: labels, classNames: ["no", "yes"],
      range: Dataset.unbounded)
  }

  private func subject(
    _ classifier: any Classifier, smoothing: AuditSettings.Smoothing? = nil, workers: Int = 2
  ) throws -> Subject {
    var settings = AuditSettings(.quick)
    settings.attackedCount = 80
    settings.resamples = 200
    settings.smoothing = smoothing
    settings.radii = [
      .init(norm: "linf", radii: [0.05, 0.2]), .init(norm: "l2", radii: [0.1, 0.3]),
    ]
    return try Subject(
      name: "linear", classifier: classifier, data: data(), settings: settings,
      context: Context(seed: 4, workers: workers), engine: AttackEngine(chunkSize: 7))
  }

  private func audit(_ subject: Subject) throws -> Audit.Result {
    try Audit(probes: [AccuracyProbe(), RobustnessProbe(), CertificatesProbe()]).run(on: subject)
  }

  @Test("of a linear model attacks break what is not certified, and nothing else")
  func sandwich() throws {
    let result = try audit(subject(network()))
    for part in ["linf.0.05", "linf.0.2", "l2.0.1", "l2.0.3"] {
      let robust = try #require(result.report.finding("evasion.robust_accuracy.\(part)")?.value)
      #expect(result.report.finding("certified.accuracy.\(part)")?.value == robust, "\(part)")
    }
    for norm in ["linf", "l2"] {
      let finding = try #require(result.report.finding("certified.contradictions.\(norm)"))
      #expect(finding.value == 0 && finding.verdict == .info)
      let flag = try #require(
        result.report.flags.first { $0.id.text == "certificate.contradicted.\(norm)" })
      #expect(!flag.raised)
    }
    let header = result.samples.csv().prefix { $0 != "\n" }
    #expect(header.contains("linf.pgd.length") && header.contains("linf.intervals.certified"))
    #expect(header.contains("l2.lipschitz.certified") && result.samples.rowCount == 120)
  }

  @Test("the certified curve is drawn under the curves of attacks, not over them")
  func plot() throws {
    let result = try audit(subject(network()))
    let finding = try #require(result.report.finding("evasion.robust_accuracy.linf.0.05"))
    guard case .lines(let lines) = try #require(finding.plots.first).content else {
      Issue.record("no lines")
      return
    }
    let certified = try #require(lines.series.first { $0.name == "certified (intervals)" })
    #expect(certified.style == .bound && certified.points.count >= 21)
    #expect(certified.points.map(\.x) == certified.points.map(\.x).sorted())
    for curve in lines.series {
      for point in curve.points {
        let bound = try #require(certified.points.first { $0.x == point.x })
        #expect(point.y >= bound.y)
      }
    }
    #expect(try #require(finding.plots.first).caption.contains("proven"))
    let alone = try Audit(probes: [CertificatesProbe()]).run(on: subject(network()))
    #expect(alone.report.finding("certified.accuracy.linf.0.05")?.plots.count == 1)
    #expect(alone.report.finding("certified.contradictions.linf") == nil)
  }

  @Test("an attack that succeeds inside a certified radius is a failure")
  func contradiction() throws {
    // The third example is certified up to 0.5 or so; what was found pretends that 0.001 breaks it.
    let subject = try subject(network())
    let scores = try data().inputs.matmul(Tensor([Float(6), 8])).abs().values(as: Double.self)
    let safe = try #require(scores[..<80].indices.first { scores[$0] / 14 > 0.3 })
    var lengths = [Double?](repeating: nil, count: 120)
    lengths[safe] = 0.001
    var found = Evidence(columns: [.init("linf.pgd.length", .numbers(lengths))])
    let evidence = try CertificatesProbe().run(on: subject, after: &found)
    let finding = try #require(
      evidence.findings.first { $0.id.text == "certified.contradictions.linf" })
    #expect(finding.value == 1 && finding.verdict == .fail && finding.threshold == 0)
    #expect(finding.detail.contains("Examples \(safe):"))
    #expect(evidence.flags.filter(\.raised).map(\.id.text) == ["certificate.contradicted.linf"])
    lengths[safe] = 0.5 + scores[safe] / 14
    found = Evidence(columns: [.init("linf.pgd.length", .numbers(lengths))])
    let fine = try CertificatesProbe().run(on: subject, after: &found)
    #expect(fine.flags.allSatisfy { !$0.raised })
  }

  @Test("smoothing is about another model and has findings of its own")
  func smoothing() throws {
    struct Function: Classifier {
      let classCount = 2
      let inputShape = [2]
      func logits(_ inputs: Tensor) -> Tensor {
        let score = inputs.matmul(Tensor([Float(6), 8]))
        return Tensor.stacked([score * -0.5, score * 0.5], along: 1)
      }
    }
    let asked = AuditSettings.Smoothing(sigma: 0.2, samples: 400, count: 30)
    let result = try audit(subject(Function(), smoothing: asked))
    let ids = result.report.findings.map(\.id.text).filter { $0.hasPrefix("certified") }
    #expect(
      ids == ["0", "0.1", "0.3"].map { "certified.smoothed_accuracy.l2.\($0)" })
    let values = ids.compactMap { result.report.finding($0)?.value }
    #expect(values == values.sorted(by: >) && values[0] > 0.8)
    let again = try audit(subject(Function(), smoothing: asked, workers: 1))
    #expect(again.samples.csv() == result.samples.csv())
    let quiet = try audit(subject(Function()))
    #expect(!quiet.report.findings.contains { $0.id.text.hasPrefix("certified") })
  }

  @Test("a network without a proof says why in a finding without a value")
  func unproven() throws {
    let generator = Generator(seed: 0, purpose: "weights")
    let layers = Sequential {
      Linear(2, 4, using: generator)
      LayerNorm(4)
      Linear(4, 2, using: generator)
    }
    let model = FrozenNetwork(layers, inputShape: [2], classCount: 2)
    let finding = try #require(
      try audit(subject(model)).report.finding("certified.accuracy.linf"))
    #expect(finding.value == nil && finding.detail.contains("1, a LayerNorm"))
  }
}
