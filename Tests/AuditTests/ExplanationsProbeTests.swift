import Audit
import Datasets
import Networks
import Perturbations
import Reports
import Testing
import Torch

@Suite("Explanations and counterfactuals in audits")
struct ExplanationsProbeTests {
  /// Two logits whose difference is 6 x + 8 y, as a network.
  private func linear() -> FrozenNetwork {
    let layer = Linear(2, 2, using: Generator(seed: 0, purpose: "weights"))
    layer.$weight.replace(with: Tensor([Float(-3), -4, 3, 4], shape: [2, 2]))
    layer.bias?.replace(with: Tensor([Float(0), 0]))
    return FrozenNetwork(layer, inputShape: [2], classCount: 2)
  }

  private func subject(
    _ classifier: any Classifier, _ data: Dataset, workers: Int = 2
  ) throws -> Subject {
    var settings = AuditSettings(.quick)
    (settings.attackedCount, settings.probedCount, settings.resamples) = (30, 12, 200)
    return try Subject(
      name: "model", classifier: classifier, data: data, settings: settings,
      context: Context(seed: 4, workers: workers))
  }

  private func points() throws -> Dataset {
    var stream = RandomStream(seed: 8, purpose: "points")
    let inputs = Tensor((0..<60).map { _ in Float(stream.uniform() * 2 - 1) }, shape: [30, 2])
    let labels = inputs.matmul(Tensor([Float(6), 8])).greater(than: 0).to(.int64)
    return try Dataset(
      name: "points", inputs: inputs, labels: labels, classNames: ["no", "yes"],
      range: Dataset.unbounded)
  }

  @Test("of a linear model one step ends on the boundary, and nothing moves")
  func closedForms() throws {
    let subject = try subject(linear(), points())
    let report = try Audit(probes: [ExplanationsProbe(), CounterfactualsProbe()]).run(on: subject)
      .report
    func value(_ id: String) throws -> Double { try #require(report.finding(id)?.value, "\(id)") }
    #expect(try value("counterfactual.residual") < 1e-5)
    #expect(try abs(value("counterfactual.slope") - 10) < 1e-4)
    #expect(try value("counterfactual.flipped.2") == 1)
    #expect(report.finding("counterfactual.flipped_in_box.2") == nil)
    #expect(try value("explanation.stability.saliency") < 1e-5)
    #expect(try value("explanation.distance.saliency.smoothgrad.l2") < 1e-5)
    for metric in ["deletion", "insertion", "mu_fidelity", "deletion_probability"] {
      for method in ["saliency", "smoothgrad"] {
        let finding = try #require(report.finding("explanation.\(metric).\(method)"))
        #expect(finding.low != nil && finding.verdict == .info)
      }
    }
    let again = try Audit(probes: [ExplanationsProbe(), CounterfactualsProbe()]).run(
      on: self.subject(linear(), points(), workers: 4)
    ).report
    #expect(again.findings == report.findings)
  }

  @Test("pictures show the example, its maps and its counterfactuals")
  func pictures() throws {
    let network = SmallCNN(
      side: 8, classCount: 3, width: 3, hidden: 8, using: Generator(seed: 3, purpose: "weights"))
    let classifier = FrozenNetwork(network, inputShape: [1, 8, 8], classCount: 3)
    let inputs = Tensor.uniform([20, 1, 8, 8], using: Generator(seed: 1, purpose: "inputs"))
    let data = try Dataset(
      name: "noise", inputs: inputs, labels: Tensor((0..<20).map { $0 % 3 }),
      classNames: ["a", "b", "c"])
    let report = try Audit(probes: [ExplanationsProbe(), CounterfactualsProbe()]).run(
      on: subject(classifier, data)
    ).report
    let maps = try #require(report.finding("explanation.deletion.saliency"))
    #expect(maps.pictures.count == 4 && maps.plots.count == 1)
    #expect(maps.pictures[0].panels.map(\.label) == ["the example", "saliency", "smoothgrad"])
    let moved = try #require(report.finding("counterfactual.residual"))
    #expect(moved.pictures.count == 4)
    #expect(moved.pictures[0].panels.last?.label == "the way")
    #expect(report.finding("counterfactual.flipped_in_box.2")?.value != nil)
  }
}
