import Datasets
import Foundation
import Networks
import Statistics
import Testing
import Torch
import Training

/// Encoders that learn people who are a pattern and noise.
@Suite("Training encoders")
struct EncoderTrainingTests {
  /// People of a part of a world, eight pictures of each.
  private static func people(_ range: Range<Int>, part: String) throws -> Dataset {
    let patterns = range.map { person in
      Tensor.uniform(
        [1, 8, 8], using: Generator(seed: 9, purpose: "person", index: UInt64(person)))
    }
    let pictures = (0..<8 * range.count).map { index in
      let noise = Tensor.normal(
        [1, 8, 8], standardDeviation: 0.1,
        using: Generator(
          seed: 9, purpose: part, index: UInt64(index + 1000 * range.lowerBound)))
      return (patterns[index % range.count] + noise).clamped(to: 0...1)
    }
    return try Dataset(
      name: "people", inputs: .stacked(pictures),
      labels: Tensor((0..<pictures.count).map { $0 % range.count }),
      classNames: range.map { "person \($0)" })
  }

  private static func train(
    _ term: any Term, steps: Int, in run: ToyRun
  ) throws -> (encoder: any Encoder, trainer: Trainer) {
    let encoder = IdentityCNN(
      channels: 1, side: 8, embeddingSize: 16, width: 8,
      using: Generator(seed: 3, purpose: "weights"))
    let data = try people(0..<24, part: "train")
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize, settings.checkpointEvery) = (steps, 48, 10)
    settings.learningRate = LearningRate(5e-3)
    let trainer = try Trainer(
      model: encoder, objective: Objective { term }, training: data,
      evaluation: try people(0..<24, part: "test"), settings: settings,
      context: Context(seed: 4), folder: run.folder, identity: "encoder")
    _ = try trainer.run()
    return (encoder, trainer)
  }

  @Test("strangers are told apart, and people who were learned are recognised by the head")
  func learns() throws {
    let strangers = try Self.people(100..<120, part: "test")
    let error = VerificationRate(.equalErrorRate, resamples: 100)
    let accepted = VerificationRate(.trueAcceptRate(falseMatchRate: 0.1), resamples: 100)
    for term in [try ArcFace() as any Term, try CosFace()] {
      let run = try ToyRun()
      defer { run.remove() }
      let (encoder, trainer) = try Self.train(term, steps: 60, in: run)
      let rate = try error.estimate(of: encoder, on: strangers, context: Context(seed: 1))
      #expect(rate.value < 0.15 && rate.count == 20, "\(term.name) \(rate.value)")
      #expect(rate.interval?.contains(rate.value) == true)
      #expect(rate.remark.contains("560 genuine and 12160 impostor pairs of 20 identities"))
      let tar = try accepted.estimate(of: encoder, on: strangers, context: Context(seed: 1))
      #expect(tar.value > 0.8 && !tar.remark.contains("Too few"))
      #expect(try trainer.evaluate() > 0.8)
      let lengths = encoder(strangers.batch([0, 1, 2]).inputs).norm(along: [1])
      #expect((lengths - 1).abs().max().item < 1e-5)
    }
  }

  @Test("too few pairs for a rate are said")
  func few() throws {
    let strangers = try Self.people(100..<120, part: "test")
    let encoder = IdentityCNN(
      channels: 1, side: 8, embeddingSize: 8, width: 4,
      using: Generator(seed: 3, purpose: "weights"))
    let rate = VerificationRate(.trueAcceptRate(falseMatchRate: 1e-3), resamples: 20)
    let estimate = try rate.estimate(of: encoder, on: strangers, context: Context(seed: 1))
    #expect(estimate.remark.contains("12160 impostor pairs"))
    #expect(estimate.remark.contains("the rule of 30 asks for 30000"))
    #expect(throws: StatisticsError.self) {
      try rate.estimate(of: encoder, on: strangers.prefix(20), context: Context(seed: 1))
    }
  }

  @Test("a run that was cut off goes on with the same directions, bit for bit")
  func resumes() throws {
    func directions(_ cuts: [Int]) throws -> (state: [String: Tensor], head: Tensor) {
      let run = try ToyRun()
      defer { run.remove() }
      var last: (any Encoder)?
      var head = Tensor.zeros([1])
      for steps in cuts {
        let term = try ArcFace(margin: MarginRamp(to: 0.3))
        last = try Self.train(term, steps: steps, in: run).encoder
        head = try #require(term.parameters.first).value.detached()
      }
      return (try #require(last).state(), head)
    }
    let whole = try directions([20])
    let cut = try directions([10, 20])
    #expect(areIdentical(whole.state, cut.state))
    #expect(whole.head.isIdentical(to: cut.head))
  }

  @Test("both encoders export to TorchScript and come back", arguments: ModelRegistry.encoderNames)
  func export(name: String) throws {
    let generator = Generator(seed: 2, purpose: "encoders")
    let encoder = try ModelRegistry.encoder(
      name, inputShape: [3, 16, 16], options: ["embedding": 12, "width": 4], using: generator)
    #expect(encoder.embeddingSize == 12)
    let images = Tensor.uniform([4, 3, 16, 16], using: generator)
    // Move the running statistics, so that a lost buffer would show.
    _ = encoder(images, .training(seed: 1))
    let run = try ToyRun()
    defer { run.remove() }
    let file = run.folder.appending(path: "encoder.pt")
    try encoder.export(to: file)
    let script = try ScriptModule(contentsOf: file)
    #expect(try (script(images) - encoder(images)).abs().max().item < 1e-5)
    let head = CosineClassifier(12, 5, using: generator)
    let both = Sequential([encoder, head])
    try both.export(to: file)
    let cosines = both(images)
    #expect(cosines.shape == [4, 5] && cosines.abs().max().item <= 1 + 1e-6)
    #expect(try (ScriptModule(contentsOf: file)(images) - cosines).abs().max().item < 1e-5)
  }

  @Test("encoders that cannot be are refused")
  func misfits() {
    func build(_ name: String, _ shape: [Int], _ options: [String: Double]) throws(ModelError) {
      _ = try ModelRegistry.encoder(
        name, inputShape: shape, options: options, using: Generator(seed: 1, purpose: "none"))
    }
    let known = ModelRegistry.encoderNames
    #expect(throws: ModelError.unknownModel("lenet", known: known)) {
      try build("lenet", [1, 32, 32], [:])
    }
    #expect(throws: ModelError.inputShape([1, 30, 30], model: "identity-cnn")) {
      try build("identity-cnn", [1, 30, 30], [:])
    }
    #expect(throws: ModelError.inputShape([6], model: "identity-resnet")) {
      try build("identity-resnet", [6], [:])
    }
    #expect(throws: ModelError.option("embedding", value: 1, model: "identity-cnn")) {
      try build("identity-cnn", [1, 32, 32], ["embedding": 1])
    }
    #expect(throws: ModelError.option("width", value: 2.5, model: "identity-cnn")) {
      try build("identity-cnn", [1, 32, 32], ["width": 2.5])
    }
  }
}
