import Datasets
import Foundation
import Inversion
import Networks
import Testing
import Torch
import Training

@Suite("Defences by name")
struct ModelDefenceTests {
  private typealias Term = TrainingRecipe.TermEntry

  private func read(_ text: String) throws -> ModelDefence {
    try JSONDecoder().decode(ModelDefence.self, from: Data(text.utf8))
  }

  private func applied(_ defence: ModelDefence) throws -> (
    model: TrainingRecipe.Model, objective: [TrainingRecipe.TermEntry], training: TrainerSettings
  ) {
    var model = TrainingRecipe.Model(name: "small-cnn", options: ["width": 4])
    var objective = [TrainingRecipe.TermEntry(term: "cross-entropy")]
    var training = TrainerSettings()
    try defence.apply(model: &model, objective: &objective, training: &training)
    return (model, objective, training)
  }

  private func images(_ classes: Int, seed: UInt64 = 3) throws -> Dataset {
    let count = 8 * classes
    return try Dataset(
      name: "images",
      inputs: Tensor.uniform([count, 1, 8, 8], using: Generator(seed: seed, purpose: "images")),
      labels: Tensor((0..<count).map { $0 % classes }),
      classNames: (0..<classes).map { "person \($0)" }, range: 0...1)
  }

  private var plain: NetworkTraining {
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize) = (8, 16)
    return NetworkTraining(settings: settings) { shape, classes, generator in
      SmallCNN(
        channels: shape[0], side: shape[1], classCount: classes, width: 4, hidden: 8,
        using: generator)
    }
  }

  @Test("what is written reads back, and what is left out has its default")
  func codable() throws {
    #expect(try read("{}") == ModelDefence(.none))
    #expect(try read(#"{"kind": "mid"}"#).strength == 0.01)
    #expect(try read(#"{"kind": "negative-label-smoothing"}"#).strength == -0.05)
    for kind in ModelDefence.Kind.allCases {
      var defence = ModelDefence(kind, strength: 3)
      (defence.labelWeight, defence.draws, defence.slope) = (7, 5, .exact)
      (defence.dependence, defence.initial) = (.coco, "runs/public")
      let written = try JSONEncoder().encode(defence)
      #expect(try JSONDecoder().decode(ModelDefence.self, from: written) == defence)
      try ModelDefence(kind).validate()
      #expect(!(defence.changesTraining && defence.changesAnswers))
    }
    #expect(throws: (any Error).self) { try read(#"{"kind": "magic"}"#) }
    #expect(ModelDefence(.informationBottleneck).name == "mid 0.01")
    #expect(ModelDefence(.truncation).name == "truncation 1")
    #expect(ModelDefence(.none).name == "none")
  }

  @Test("a recipe gets the model, the terms and the settings of the defence, and no others")
  func recipes() throws {
    let same = try applied(ModelDefence(.none))
    for kind in [ModelDefence.Kind.rounding, .truncation] {
      let other = try applied(ModelDefence(kind))
      #expect(other.model == same.model && other.objective == same.objective)
      #expect(other.training == same.training)
    }
    let narrowed = try applied(ModelDefence(.informationBottleneck, strength: 0.1))
    #expect(narrowed.model.options == ["width": 4, "bottleneck": 32])
    #expect(
      narrowed.objective.last == Term(term: "information-bottleneck", weight: .constant(0.1)))
    let bilateral = try applied(ModelDefence(.bilateralDependency, strength: 0.1))
    #expect(
      bilateral.objective.last?.options == [
        "dependence": "hsic", "inputWeight": 0.1, "labelWeight": 1,
      ])
    let smoothed = try applied(ModelDefence(.negativeLabelSmoothing))
    #expect(
      smoothed.objective == [
        Term(
          term: "cross-entropy",
          options: ["labelSmoothing": -0.05, "smoothingStart": 0.5, "smoothingFull": 0.75])
      ])
    let hidden = try applied(ModelDefence(.differentialPrivacy, strength: 2))
    #expect(hidden.training.privacy?.noise == 2 && hidden.objective == same.objective)
    var transfer = ModelDefence(.transfer, strength: 2)
    #expect(throws: InversionError.self) { try applied(transfer) }
    transfer.initial = "runs/public"
    let transferred = try applied(transfer)
    #expect(transferred.training.freeze == 2 && transferred.training.initial == "runs/public")
    for entry in narrowed.objective + bilateral.objective + smoothed.objective {
      _ = try TermRegistry.term(entry.term, options: entry.options ?? [:])
    }
  }

  @Test(
    "a training gets the same, and what comes out is defended",
    arguments: ModelDefence.Kind.allCases)
  func trains(kind: ModelDefence.Kind) throws {
    let data = try images(4)
    let publicNetwork = try plain.trained(on: images(6, seed: 5), seed: 2)
    let defence = ModelDefence(kind)
    let training = try defence.applied(to: plain, publicNetwork: publicNetwork)
    let guarantee = training.privacyGuarantee(on: data)
    #expect((guarantee?.epsilon != nil) == (kind == .differentialPrivacy))
    let network = try training.trained(on: data, seed: 1)
    let undefended = try plain.trained(on: data, seed: 1)
    let (ours, theirs) = (
      try network.logits(data.inputs), try undefended.logits(data.inputs)
    )
    #expect(ours.isFinite.all && ours.shape == [32, 4])
    #expect(ours.isIdentical(to: theirs) == !defence.changesTraining)
    let state = try #require(network.state())
    switch kind {
    case .informationBottleneck: #expect(state.values.contains { $0.shape == [4, 32] })
    case .transfer:
      let known = try #require(publicNetwork.state())
      let same = known.filter { name, tensor in state[name]?.isIdentical(to: tensor) == true }
      #expect(Set(same.keys) == ["features.0.weight", "features.0.bias"])
    default: break
    }
    let wrapped = try defence.wrapped(network)
    let answers = try wrapped.logits(data.inputs)
    #expect(answers.isIdentical(to: ours) == !defence.changesAnswers)
    #expect(try #require(try wrapped.state()).keys == network.state()?.keys)
  }

  @Test("a bottleneck that draws answers with its draws")
  func draws() throws {
    var defence = ModelDefence(.informationBottleneck)
    let network = try defence.applied(to: plain).trained(on: images(4), seed: 1)
    #expect(try defence.wrapped(network) is FrozenNetwork)
    defence.draws = 4
    let drawing = try #require(try defence.wrapped(network, seed: 9) as? SampledClassifier)
    #expect(drawing.draws == 4 && drawing.seed == 9)
    let function = try DefendedClassifier(network, defences: [])
    #expect(throws: InversionError.self) { try defence.wrapped(function) }
  }

  @Test("strengths that cannot be, and what cannot be defended, are refused")
  func refusals() throws {
    let wrong: [(ModelDefence.Kind, [Double])] = [
      (.informationBottleneck, [-1, .infinity]), (.bilateralDependency, [-1, .nan]),
      (.negativeLabelSmoothing, [-1, 0.1]), (.transfer, [0, 1.5]),
      (.differentialPrivacy, [-1]), (.rounding, [-1, 0.5, 9]), (.truncation, [0, 1.5]),
    ]
    for (kind, strengths) in wrong {
      for strength in strengths {
        let defence = ModelDefence(kind, strength: strength)
        #expect(throws: InversionError.self, "\(kind) \(strength)") { try applied(defence) }
        #expect(throws: InversionError.self) { try defence.applied(to: plain) }
      }
    }
    #expect(throws: InversionError.self) { try ModelDefence(.transfer).applied(to: plain) }
    var noClasses = [TrainingRecipe.TermEntry(term: "weight-penalty")]
    var (model, training) = (TrainingRecipe.Model(name: "mlp"), TrainerSettings())
    #expect(throws: InversionError.self) {
      try ModelDefence(.negativeLabelSmoothing)
        .apply(model: &model, objective: &noClasses, training: &training)
    }
    let network = try plain.trained(on: images(4), seed: 1)
    #expect(throws: InversionError.self) {
      try ModelDefence(.truncation, strength: 5).wrapped(network)
    }
  }
}
