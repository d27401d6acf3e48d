import Datasets
import Foundation
import Networks
import Perturbations
import Testing
import Torch

@testable import Training

/// Row V7, and what else learns from examples with several labels each.
@Suite("Several labels an example")
struct MultiLabelTests {
  private static let targets = Tensor((0..<24).map { Double($0 * 7 % 5 % 2) }, shape: [8, 3])

  private static func step(_ model: any Layer, at number: Int = 0) -> StepContext {
    let batch = Batch(
      inputs: Laboratory.normal([8, 6]), labels: Tensor(Array(repeating: 0, count: 8)),
      targets: targets, indices: Array(0..<8))
    return StepContext(
      model: model, batch: batch,
      unlabelled: Laboratory.batch(Laboratory.normal([9, 6], seed: 5), classes: 1), step: number,
      totalSteps: 10, context: Context(seed: 3))
  }

  @Test("the cross-entropy is that of independent classes of two, label by label")
  func crossEntropy() throws {
    let model = Laboratory.network([6, 5, 3])
    let step = Self.step(model)
    let found = try TermRegistry.term("bernoulli-cross-entropy").value(in: step)
    let logits = model(step.batch.inputs)
    var expected = Tensor([0.0]).sum()
    for label in 0..<3 {
      let own = logits.select(label, along: 1)
      let pair = Tensor.stacked([Tensor.zeros(like: own), own], along: 1)
      expected = expected + pair.crossEntropy(Self.targets.select(label, along: 1).to(.int64))
    }
    #expect(abs(found.item - expected.item) < 1e-12)
    // Logits of any size stay finite, with their gradient.
    let (value, slope) = valueAndGradient(at: Tensor([800.0, -800, 800], shape: [1, 3])) {
      $0.bernoulliCrossEntropy(Tensor([0.0, 0, 1], shape: [1, 3])).sum()
    }
    #expect(value.item == 800 && slope.values(as: Double.self) == [1, 0, 0])
  }

  static let options: [(name: String, options: [String: SettingValue])] = [
    ("virtual-adversarial", ["divergence": "bernoulli-kl"]),
    ("virtual-adversarial", ["divergence": "bernoulli-kl", "probe": "exact"]),
    ("noise-consistency", ["divergence": "bernoulli-kl"]),
    ("entropy", ["distribution": "bernoulli"]),
    ("pi-model", ["distance": "bernoulli-squared-error"]),
    ("temporal-ensembling", ["distance": "bernoulli-kl"]),
    ("mean-teacher", ["distance": "bernoulli-kl"]),
    ("gradient-penalty", ["weights": "binary-cross-entropy"]),
    ("gradient-penalty", ["weights": "logits"]),
    ("bernoulli-cross-entropy", [:]), ("weight-penalty", [:]), ("spectral-penalty", [:]),
    ("absolute-penalty", [:]),
  ]

  @Test(
    "every term for labels is positive, moves the weights and suits the data", arguments: options)
  func isAlive(name: String, options: [String: SettingValue]) throws {
    let model = Laboratory.network([6, 16, 3], dropout: 0.2, batchNorm: true)
    let term = try TermRegistry.term(name, options: options)
    if let remembering = term as? any RememberingTerm {
      _ = try term.value(in: Self.step(model))
      try remembering.didUpdate(after: Self.step(model))
      for parameter in model.parameters {
        parameter.replace(with: parameter.value.detached() * 1.1)
      }
    }
    let value = try term.value(in: Self.step(model, at: 1))
    let slopes = gradients(of: value, withRespectTo: model.parameters.map(\.value))
    #expect(value.item > 0 && GradientClipping.norm(of: slopes) > 0)
    #expect(slopes.allSatisfy { $0.isFinite.all })
    #expect(term.outputs != .classes)
  }

  @Test("distances and entropies of one label are those of two classes")
  func oneLabel() {
    let own = Laboratory.normal([7, 1])
    let other = Laboratory.normal([7, 1], seed: 2)
    func pair(_ logits: Tensor) -> Tensor {
      .concatenated([Tensor.zeros(like: logits), logits], along: 1)
    }
    for (label, classes) in [
      (ConsistencyDistance.bernoulliSquaredError, ConsistencyDistance.squaredError),
      (.bernoulliRelativeEntropy, .relativeEntropy),
    ] {
      let found = label(from: label.probabilities(of: own), to: other)
      let expected = classes(from: classes.probabilities(of: pair(own)), to: pair(other))
      #expect(Laboratory.largestDifference(found, expected) < 1e-12)
      #expect(label(from: label.probabilities(of: own), to: own).abs().max().item < 1e-15)
    }
    // Certain targets are finite.
    let certain = ConsistencyDistance.bernoulliRelativeEntropy(
      from: Tensor([0.0, 1], shape: [1, 2]), to: Tensor([0.0, 0], shape: [1, 2]))
    #expect(abs(certain.item - 2 * log(2)) < 1e-14)
  }

  private func data() throws -> Dataset { try CubeInSpace().dataset(count: 300, seed: 1) }

  private func trainer(_ objective: Objective, _ run: ToyRun, _ data: Dataset) throws -> Trainer {
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize) = (60, 60)
    settings.optimiser = OptimiserSettings(rule: .adam)
    settings.learningRate = LearningRate(5e-3)
    let model = MLP(
      widths: [data.inputShape[0], 20, data.classNames.count],
      using: Generator(seed: 1, purpose: "weights"))
    return try Trainer(
      model: model, objective: objective, training: data, evaluation: data, settings: settings,
      context: Context(seed: 1), folder: run.folder, identity: "labels")
  }

  @Test("a run learns labels, and its log counts them")
  func learns() throws {
    let run = try ToyRun()
    defer { run.remove() }
    var direction = VirtualAdversarialDirection()
    direction.divergence = .bernoulli
    let smooth = try VirtualAdversarial(radius: 0.5, direction: direction)
    let trainer = try trainer(
      Objective {
        BernoulliCrossEntropy()
        smooth
      }, run, data())
    _ = try trainer.run()
    #expect(try trainer.evaluate() > 0.95)
    let names = try Trainer.metrics(in: run.folder).last?.values.map(\.name) ?? []
    #expect(names.contains("label_accuracy") && !names.contains("accuracy"))
  }

  @Test(
    "terms that need one class refuse labels, and the other way round, before anything is run",
    arguments: TermRegistry.names.filter { !["arcface", "cosface"].contains($0) })
  func refusals(name: String) throws {
    let run = try ToyRun()
    defer { run.remove() }
    let term = try TermRegistry.term(name)
    let objective = try Objective([term.weighted(1)])
    for data in [try data(), try ToyRun.data()] {
      let suits = term.outputs == nil || term.outputs == data.outputs
      if suits {
        _ = try trainer(objective, run, data)
        continue
      }
      let error = try #require(throws: TrainingError.self) {
        _ = try trainer(objective, run, data)
      }
      #expect(error.description.contains(name) && error.description.contains(data.name))
      #expect(error.recoverySuggestion?.isEmpty == false)
    }
  }

  @Test("measures and the scale of data know labels")
  func measures() throws {
    let data = try data()
    let model = MLP(
      widths: [100, 20, 5], using: Generator(seed: 1, purpose: "weights"))
    let lds = try LocalSmoothness(radius: 0.5).values(
      of: model, on: data, context: Context(seed: 1))
    let sharpness = try MeasureRegistry.measure("sharpness", options: [:])
      .values(of: model, on: data, context: Context(seed: 1))
    #expect(lds.count == 300 && lds.allSatisfy { $0 > 0 })
    #expect(sharpness.reduce(0, +) > 0)
    #expect(throws: TrainingError.self) { try DataScale(of: data) }
    let batch = data.batch([0, 1])
    #expect(throws: PerturbationError.needsClasses(attack: "pgd")) {
      try AttackEngine().run(
        ProjectedGradient(), on: Target(classCount: 5) { $0 }, batch, within: Ball(L2(), radius: 1),
        context: Context())
    }
  }
}
