import Datasets
import Foundation
import Networks
import Testing
import Torch

@testable import Training

@Suite("Bilateral dependency")
struct BilateralDependencyTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let x: [[Double]]
      let z: [[Double]]
      let y: [Int]
      let classes: Int
      let hsic: [Double]
      let coco: [Double]
    }
    let sigma: Double
    let cases: [Case]

    /// What Scripts/fixtures/kernel_dependence.py wrote.
    static func read() throws -> Golden {
      let url = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/defences/dependence.json")
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    }
  }

  private func rows(_ values: [[Double]]) -> Tensor {
    Tensor(values.flatMap { $0 }, shape: [values.count, values[0].count])
  }

  @Test("both dependences are those that numpy computes by the printed formulas")
  func golden() throws {
    let golden = try Golden.read()
    #expect(golden.cases.count == 3)
    for known in golden.cases {
      let z = KernelDependence.gaussian(rows(known.z), sigma: golden.sigma)
      let x = KernelDependence.gaussian(rows(known.x), sigma: golden.sigma)
      let y = KernelDependence.linear(Tensor(known.y).oneHot(classCount: known.classes))
      for (dependence, expected) in [
        (KernelDependence.hsic, known.hsic), (.coco, known.coco),
      ] {
        for (value, number) in zip([dependence(z, x).item, dependence(z, y).item], expected) {
          #expect(abs(value - number) < 1e-9 * max(1, number), "\(dependence)")
        }
      }
    }
  }

  @Test("of points far from one another and classes of n it is (C - 1) n / ((1 + ε m) (n + ε m))")
  func closedForm() {
    let (classes, each) = (3, 4)
    let count = classes * each
    // Kernels: the identity, and blocks of ones; both are centred exactly.
    let far = KernelDependence.gaussian(Tensor.identity(count) * 1e4, sigma: 5)
    let labels = Tensor((0..<count).map { $0 % classes }).oneHot(classCount: classes)
    let ridge = KernelDependence.epsilon * Double(count)
    let (c, n) = (Double(classes), Double(each))
    let hsic = KernelDependence.hsic(far, KernelDependence.linear(labels)).item
    #expect(abs(hsic - (c - 1) * n / ((1 + ridge) * (n + ridge))) < 1e-10)
    // ‖H B‖ of C - 1 eigenvalues n.
    let coco = KernelDependence.coco(far, KernelDependence.linear(labels)).item
    #expect(abs(coco - ((c - 1).squareRoot() * n).squareRoot() / Double(count)) < 1e-10)
  }

  @Test(
    "of a constant both are nothing, and their gradients are finite",
    arguments: [
      KernelDependence.hsic, .coco,
    ])
  func constant(_ dependence: KernelDependence) {
    let constant = Tensor.ones([5, 3]).to(.float64).variable()
    let other = KernelDependence.gaussian(Laboratory.normal([5, 2]), sigma: 5)
    let value = dependence(KernelDependence.gaussian(constant, sigma: 5), other)
    #expect(abs(value.item) < 1e-6)
    let slope = gradients(of: value, withRespectTo: [constant])[0]
    #expect(slope.isFinite.all)
  }

  @Test(
    "the term is a₁ Σ d(z, x) - a₂ Σ d(z, y) over what every weighted layer after the first sees")
  func term() throws {
    let model = Laboratory.network([5, 7, 6, 3], batchNorm: true)
    let inputs = Laboratory.normal([8, 5], seed: 4)
    for dependence in KernelDependence.allCases {
      let options: [String: SettingValue] = [
        "dependence": .text(dependence.rawValue), "inputWeight": 0.3, "labelWeight": 0.7,
        "sigma": 2,
      ]
      let term = try TermRegistry.term("bilateral-dependency", options: options)
      let step = Laboratory.step(model, inputs, classes: 3)
      let stages = model.flatStages
      // Linear, normalisation, activation: the hidden layers are after the third and the sixth.
      let pass = step.pass(updatesStatistics: false)
      var (output, hidden) = (inputs, [Tensor]())
      for (index, stage) in stages.enumerated() {
        output = stage(output, pass)
        if index == 2 || index == 5 { hidden.append(output) }
      }
      let x = KernelDependence.gaussian(inputs, sigma: 2)
      let y = KernelDependence.linear(step.batch.labels.oneHot(classCount: 3))
      let (ofInputs, ofLabels) = hidden.reduce((0.0, 0.0)) { sums, layer in
        let z = KernelDependence.gaussian(layer, sigma: 2)
        return (sums.0 + dependence(z, x).item, sums.1 + dependence(z, y).item)
      }
      let value = try term.value(in: step).item
      #expect(abs(value - (0.3 * ofInputs - 0.7 * ofLabels)) < 1e-10)
      #expect(abs((step.measurements["inputs"] ?? 0) - ofInputs) < 1e-10)
      #expect(abs((step.measurements["labels"] ?? 0) - ofLabels) < 1e-10)
    }
  }

  @Test("its gradient is that of finite differences", arguments: KernelDependence.allCases)
  func gradient(_ dependence: KernelDependence) throws {
    let model = Laboratory.network([4, 5, 3])
    let inputs = Laboratory.normal([6, 4], seed: 4)
    var term = BilateralDependency()
    (term.dependence, term.sigma) = (dependence, 1)
    let weight = model.parameters[0]
    let start = weight.value.detached()
    func value() throws -> Tensor {
      try term.value(in: Laboratory.step(model, inputs, classes: 3))
    }
    let slope = gradients(of: try value(), withRespectTo: [weight.value])[0]
    let direction = Laboratory.normal(start.shape, seed: 8)
    let expected = (slope * direction).sum().item
    let size = 1e-4
    weight.replace(with: start + direction * size)
    let above = try value().item
    weight.replace(with: start - direction * size)
    let below = try value().item
    #expect(abs((above - below) / (2 * size) - expected) < 1e-4 * max(1, abs(expected)))
    #expect(abs(expected) > 1e-6)
  }

  @Test("minimising it takes inputs out of hidden layers and keeps classes")
  func learns() throws {
    func end(_ objective: Objective) throws -> (inputs: Double, labels: Double) {
      let model = Laboratory.network([6, 16, 2], dtype: .float32)
      let run = try ToyRun()
      defer { run.remove() }
      _ = try run.trainer(model, steps: 80, objective: objective).run()
      let data = try ToyRun.data(count: 60)
      let step = Laboratory.step(model, data.inputs, classes: 2)
      let hidden = step.activations[1]
      let z = KernelDependence.gaussian(hidden, sigma: 5)
      return (
        KernelDependence.hsic(z, KernelDependence.gaussian(data.inputs, sigma: 5)).item,
        KernelDependence.hsic(z, KernelDependence.linear(data.labels.oneHot(classCount: 2))).item
      )
    }
    var term = BilateralDependency()
    (term.inputWeight, term.labelWeight) = (0.5, 0.5)
    let plain = try end(Objective { CrossEntropy() })
    let defended = try end(
      Objective {
        CrossEntropy()
        term
      })
    #expect(defended.inputs < 0.8 * plain.inputs, "\(defended) \(plain)")
    #expect(defended.labels > 0.8 * plain.labels, "\(defended) \(plain)")
  }

  @Test("a network without hidden layers is refused, and so are bad settings")
  func refusals() throws {
    let step = Laboratory.step(Laboratory.network([5, 3]), Laboratory.normal([4, 5]), classes: 3)
    #expect(throws: TrainingError.self) { try BilateralDependency().value(in: step) }
    for options: [String: SettingValue] in [
      ["dependence": "mi"], ["sigma": 0], ["inputWeight": -1], ["labelWeight": -1],
    ] {
      #expect(throws: TrainingError.self) {
        try TermRegistry.term("bilateral-dependency", options: options)
      }
    }
    #expect(throws: TrainingError.unboundedTerm("bilateral-dependency")) {
      try BilateralDependency().learnedWeight()
    }
  }
}
