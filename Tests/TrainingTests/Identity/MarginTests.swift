import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("ArcFace and CosFace")
struct MarginTests {
  private func data(_ labels: [Int]) throws -> Dataset {
    try Dataset(
      name: "people", inputs: .zeros([labels.count, 1]), labels: Tensor(labels),
      classNames: (0...(labels.max() ?? 0)).map { "person \($0)" }, range: Dataset.unbounded)
  }

  private func areClose(_ left: [Double], _ right: [Double], _ tolerance: Double) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test("values and gradients are those of PyTorch, on both sides of the angle π - m")
  func golden() throws {
    var beyond = 0
    for golden in try MarginGolden.load() {
      let encoder = FixedEmbeddings(golden.embeddings, width: golden.width)
      let ramp = MarginRamp(to: golden.margin)
      let term: any Term =
        golden.kind == "arcface"
        ? try ArcFace(scale: golden.scale, margin: ramp)
        : try CosFace(scale: golden.scale, margin: ramp)
      let data = try data(golden.labels)
      term.prepare(for: data, model: encoder, context: Context(seed: 1))
      let shape = [data.classNames.count, golden.width]
      let directions = try #require(term.parameters.first)
      #expect(term.parameters.count == 1 && directions.value.shape == shape)
      directions.replace(with: Tensor(golden.directions, shape: shape))
      let step = StepContext(
        model: encoder, batch: data.batch(Array(0..<data.count)), context: Context(seed: 1))
      let value = try term.value(in: step)
      let gradients = Torch.gradients(
        of: value, withRespectTo: [encoder.outputs, directions.value])
      let mean = golden.losses.reduce(0, +) / Double(golden.losses.count)
      #expect(abs(value.item - mean) < 1e-10 * max(1, mean), "\(golden.name)")
      #expect(areClose(gradients[0].values(), golden.embeddingGradient, 1e-9), "\(golden.name)")
      #expect(areClose(gradients[1].values(), golden.directionGradient, 1e-9), "\(golden.name)")
      let angle = golden.angles.reduce(0, +) / Double(golden.angles.count)
      #expect(abs((step.measurements["angle"] ?? 0) - angle) < 1e-6)
      #expect(step.measurements["margin"] == golden.margin)
      if golden.kind == "arcface" {
        beyond += golden.angles.count { $0 > .pi - golden.margin }
      }
    }
    #expect(beyond >= 4)
  }

  @Test("the own score falls with the angle all the way to π, where cos(θ + m) would rise again")
  func monotone() {
    let angles = Tensor.linspace(0...Double.pi, count: 2001, dtype: .float64)
    func falls(_ scores: [Double]) -> Bool {
      zip(scores, scores.dropFirst()).allSatisfy { $0 > $1 }
    }
    for margin in [0.1, 0.5, 1.2] {
      #expect(falls(AngularMargin.angle(margin)(angles.cos()).values()))
      #expect(falls(AngularMargin.cosine(margin)(angles.cos()).values()))
      #expect(!falls((angles + margin).cos().values()))
    }
    let none = (AngularMargin.angle(0)(angles.cos()) - angles.cos()).abs().max().item
    #expect(none < 1e-12)
  }

  @Test("gradients are finite at the ends, where the slope of the root is not")
  func ends() {
    for cosine in [-1.0, 1.0, 1 - 1e-12, -1 + 1e-12] {
      for type in [DType.float32, .float64] {
        let slope = valueAndGradient(at: Tensor([cosine]).to(type)) {
          AngularMargin.angle(0.5)($0).sum()
        }.gradient.item
        #expect(slope.isFinite && slope > 0)
      }
    }
  }

  @Test("a margin grows in a straight line and stays")
  func ramp() {
    let ramp = MarginRamp(from: 0.2, to: 0.5, over: 0.5)
    #expect(ramp.value(at: 0, of: 100) == 0.2)
    #expect(abs(ramp.value(at: 25, of: 100) - 0.35) < 1e-12)
    #expect(abs(ramp.value(at: 50, of: 100) - 0.5) < 1e-12)
    #expect(abs(ramp.value(at: 99, of: 100) - 0.5) < 1e-12)
    #expect(MarginRamp(to: 0.5).value(at: 0, of: 100) == 0.5)
  }

  @Test("a larger scale than needed reaches a probability, a smaller one cannot")
  func scale() throws {
    // s ≥ (K - 1) / K · ln((K - 1) p / (1 - p)): directions of K classes at their farthest, a simplex.
    let (classes, probability) = (5, 0.9)
    let simplex = Tensor.identity(classes, dtype: .float64) - 1 / Double(classes)
    let cosines = simplex.unitRows().linear(simplex.unitRows())
    let least =
      Double(classes - 1) / Double(classes)
      * log(Double(classes - 1) * probability / (1 - probability))
    for (factor, isReached) in [(1.001, true), (0.999, false)] {
      let losses = AngularMargin.cosine(0).losses(
        cosines, Tensor(Array(0..<classes)), scale: least * factor)
      #expect((exp(-losses.mean().item) >= probability) == isReached)
    }
  }

  @Test(
    "settings out of range are refused by name",
    arguments: [
      ("scale", -1.0), ("scale", 0), ("margin", 2), ("margin", -0.1), ("startMargin", 9),
      ("ramp", 1.5),
    ])
  func settings(option: String, value: Double) throws {
    for name in ["arcface", "cosface"] {
      let error = try #require(throws: TrainingError.self) {
        try TermRegistry.term(name, options: [option: .number(value)])
      }
      #expect(error.description.contains("\(name).\(option)"))
    }
  }

  @Test("embeddings are not taken for logits, nor logits for embeddings")
  func refusals() throws {
    let run = try ToyRun()
    defer { run.remove() }
    let toy = try data([0, 1, 0, 1])
    let encoder = FixedEmbeddings([1, 0, 0, 1, 1, 0, 0, 1], width: 2)
    var settings = TrainerSettings()
    settings.batchSize = 4
    func trainer(_ model: any Layer, _ objective: Objective) throws -> Trainer {
      try Trainer(
        model: model, objective: objective, training: toy, evaluation: nil, settings: settings,
        context: Context(seed: 1), folder: run.folder, identity: "refusals")
    }
    let error = try #require(throws: TrainingError.self) {
      _ = try trainer(encoder, Objective { CrossEntropy() })
    }
    #expect(error == .embeddings(term: "cross-entropy", isEncoder: true))
    #expect(error.recoverySuggestion?.contains("arcface") == true)
    let arcface = try ArcFace()
    let other = try #require(throws: TrainingError.self) {
      _ = try trainer(ToyRun.network(), Objective { arcface })
    }
    #expect(other == .embeddings(term: "arcface", isEncoder: false))
    #expect(other.recoverySuggestion?.contains("identity-cnn") == true)
    _ = try trainer(
      encoder,
      Objective {
        arcface; WeightPenalty().weighted(0.1)
      })
    let step = StepContext(
      model: encoder, batch: toy.batch([0, 1, 2, 3]), context: Context(seed: 1))
    #expect(throws: TrainingError.unprepared("cosface")) { try CosFace().value(in: step) }
  }
}
