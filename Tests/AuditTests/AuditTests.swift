import Audit
import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Testing
import Torch

@Suite("Audit")
struct AuditTests {
  /// A linear classifier of points whose distance to the boundary is known.
  private struct Linear: Classifier {
    let classCount = 2
    let inputShape = [2]
    var output: @Sendable (Tensor) -> Tensor = { $0 }
    var input: @Sendable (Tensor) -> Tensor = { $0 }

    func logits(_ inputs: Tensor) -> Tensor {
      let score = input(inputs).matmul(Tensor([Float(6), 8]))
      return output(Tensor.stacked([score * -0.5, score * 0.5], along: 1))
    }
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

  private func audit(
    _ classifier: any Classifier, workers: Int = 2
  ) throws -> Audit.Result {
    var settings = AuditSettings(.quick)
    settings.attackedCount = 100
    settings.resamples = 200
    (settings.queries, settings.probedCount, settings.probeDraws) = (50, 20, 50)
    settings.radii = [.init(norm: "linf", radii: [0.05, 0.2]), .init(norm: "l2", radii: [0.3])]
    let subject = try Subject(
      name: "linear", classifier: classifier, data: data(), settings: settings,
      context: Context(seed: 4, workers: workers), engine: AttackEngine(chunkSize: 7))
    return try Audit().run(on: subject, started: Date(timeIntervalSince1970: 0))
  }

  @Test("smoothness and curvature of a linear model in closed form")
  func smoothness() throws {
    var settings = AuditSettings(.quick)
    settings.attackedCount = 50
    settings.resamples = 200
    let subject = try Subject(
      name: "linear", classifier: Linear(), data: data(), settings: settings,
      context: Context(seed: 4, workers: 2), engine: AttackEngine(chunkSize: 7))
    let evidence = try LocalSmoothnessProbe().run(on: subject)
    let radius = 0.04  // a twentieth of the median length, 0.79, to one digit
    let scores = try data().inputs[0..<50].matmul(Tensor([Float(6), 8])).values(as: Double.self)
    func probability(_ s: Double) -> Double { 1 / (1 + exp(-s)) }
    func divergence(_ s: Double, _ t: Double) -> Double {
      let before: Double = log1p(exp(s))
      let after: Double = log1p(exp(t))
      return probability(s) * (s - t) + after - before
    }
    func worst(_ s: Double) -> Double {
      Swift.max(divergence(s, s + 10 * radius), divergence(s, s - 10 * radius))
    }
    func curvature(_ s: Double) -> Double { 100 * probability(s) * probability(-s) }
    let lds: Double = scores.map(worst).reduce(0, +) / 50
    let bend: Double = scores.map(curvature).reduce(0, +) / 50
    let findings = evidence.findings
    let values = try findings.map { try #require($0.value) }
    let detail: String = findings[0].detail
    #expect(detail.hasPrefix("Mean over 50 examples, at Euclidean radius 0.04,"))
    #expect(abs(values[0] / lds - 1) < 1e-4)
    #expect(abs(values[1] / bend - 1) < 2e-3)
  }

  @Test("robust accuracy of a linear model is the share of examples farther than the radius")
  func closedForm() throws {
    let result = try audit(Linear())
    let points = try data().inputs[0..<100].matmul(Tensor([Float(6), 8])).abs()
    func farther(_ radius: Double, _ dual: Double) -> Double {
      (points / dual).greater(than: radius).to(.float64).mean().item
    }
    #expect(result.report.finding("accuracy.clean")?.value == 1)
    for (id, expected) in [
      ("linf.0.05", farther(0.05, 14)), ("linf.0.2", farther(0.2, 14)),
      ("l2.0.3", farther(0.3, 10)),
    ] {
      #expect(result.report.finding("evasion.robust_accuracy.\(id)")?.value == expected)
    }
    #expect(result.report.finding("calibration.ece")?.value != nil)
    let agreement = try #require(result.report.finding("gradients.finite_difference")?.value)
    #expect(abs(agreement - 1) < 0.05)
    #expect(result.report.flags.filter(\.raised).isEmpty)
    #expect(result.samples.rowCount == 120)
  }

  @Test("report and samples are the same bytes for any number of workers")
  func workers() throws {
    func bytes(_ workers: Int) throws -> (Data, String) {
      var result = try audit(Linear(), workers: workers)
      result.report.seconds = 0
      return (result.report.jsonData(), result.samples.csv())
    }
    let one = try bytes(1)
    let four = try bytes(4)
    #expect(one.0 == four.0)
    #expect(one.1 == four.1)
  }

  @Test("models that hide their gradients raise the flags that say so")
  func positiveControls() throws {
    func raised(_ classifier: Linear) throws -> Set<String> {
      Set(try audit(classifier).report.flags.filter(\.raised).map(\.id.text))
    }
    // Logits so large that the cross-entropy is flat in float32.
    let saturated = try raised(Linear(output: { $0 * 100 }))
    #expect(saturated.contains("gradients.zero"))
    let probabilities = try raised(Linear(output: { $0.softmax(along: 1) }))
    #expect(probabilities == ["outputs.probabilities"])
    // Rounding has a gradient of zero everywhere.
    let rounded = try raised(Linear(input: { ($0 * 4).rounded() / 4 }))
    #expect(rounded.isSuperset(of: ["gradients.zero", "attack.noise_wins.linf"]))
    let broken = try raised(
      Linear(output: { $0.where($0.select(1, along: 1).less(than: 4).unsqueezed(1), else: .nan) }))
    #expect(broken.contains("outputs.not_finite"))
  }

  @Test("a gate decides the verdict, and an unknown one names the nearest finding")
  func gates() throws {
    var report = try audit(Linear()).report
    let gate = try Gate(parsing: "accuracy.clean=0.99", side: .under)
    #expect(try report.apply([gate]).allSatisfy(\.passed))
    #expect(report.finding("accuracy.clean")?.verdict == .pass)
    let wrong = try Gate(parsing: "accuracy.cleen=0.5", side: .under)
    #expect(throws: GateError.self) { try report.apply([wrong]) }
  }

  @Test("several labels: errors and smoothness in closed form, and only the probes that suit")
  func labels() throws {
    struct Signs: Classifier {
      let classCount = 2
      let inputShape = [2]
      func logits(_ inputs: Tensor) -> Tensor { inputs * 3 }
    }
    let inputs = try data().inputs
    // The second label is turned round on the first 30 examples.
    var targets = inputs.greater(than: 0).values(as: Bool.self)
    for row in 0..<30 { targets[2 * row + 1].toggle() }
    let data = try Dataset(
      name: "signs", inputs: inputs,
      targets: Tensor(targets.map { $0 ? Float(1) : 0 }, shape: [120, 2]),
      labelNames: ["right", "up"], range: Dataset.unbounded)
    var settings = AuditSettings(.quick)
    settings.resamples = 200
    let subject = try Subject(
      name: "signs", classifier: Signs(), data: data, settings: settings,
      context: Context(seed: 4, workers: 2), engine: AttackEngine(chunkSize: 7))
    let result = try Audit().run(on: subject, started: Date(timeIntervalSince1970: 0))
    let ids = result.report.findings.map(\.id.text)
    #expect(
      ids == [
        "labels.error", "labels.exact_match_error", "labels.roc_area", "smoothness.lds",
        "smoothness.curvature",
      ])
    func value(_ id: String) -> Double { result.report.finding(id)?.value ?? .nan }
    #expect(value("labels.error") == 0.125 && value("labels.exact_match_error") == 0.25)
    // The Hessian is diagonal, 9 p (1 - p) for each label: the larger one is the curvature.
    let p = (inputs.to(.float64) * 3).sigmoid()
    let expected = (p * (1 - p) * 9).max(along: 1).mean().item
    // Ten power iterations do not quite tell eigenvalues apart that are nearly equal.
    #expect(abs(value("smoothness.curvature") / expected - 1) < 2e-2)
    #expect(result.samples.csv().contains("index,labels,predicted,wrong_share,lds,curvature"))
  }
}
