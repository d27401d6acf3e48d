import Datasets
import Foundation
import Inversion
import Networks
import Statistics
import Testing
import Torch
import Training

/// All measures on a classifier of drawn people, without any attack: what they must say of images that are
/// known.
@Suite(
  "Floor, look-alikes and ceiling of a classifier of portraits",
  .enabled(if: ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil))
struct PortraitInversionTests {
  private static let people = 24
  private static let strangers = 120

  private func load(
    _ pool: PortraitPopulation.Pool, train: Int = 20, test: Int = 5, _ part: DatasetPart
  ) throws -> Dataset {
    let options = PortraitOptions(
      pool: pool, privateIdentities: Self.people, publicIdentities: Self.strangers, train: train,
      test: test)
    return try Dataset.load(
      from: "portraits", split: part, options: LoadOptions(portraits: options))
  }

  private func classifier(on data: Dataset, width: Int, seed: UInt64) throws -> SmallCNN {
    let network = SmallCNN(
      channels: 1, side: data.inputShape[1], classCount: data.classNames.count, width: width,
      hidden: 64, using: Generator(seed: seed, purpose: "weights"))
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize) = (300, 32)
    settings.learningRate = LearningRate(3e-3, shape: .cosine)
    try train(network, Objective { CrossEntropy() }, data, settings, seed)
    return network
  }

  private func encoder(on data: Dataset) throws -> FrozenEncoder {
    let encoder = IdentityCNN(width: 8, using: Generator(seed: 5, purpose: "weights"))
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize) = (300, 60)
    settings.learningRate = LearningRate(2e-3, shape: .cosine)
    let arcface = try ArcFace(margin: MarginRamp(from: 0.2, to: 0.5, over: 0.5))
    try train(encoder, Objective { arcface }, data, settings, 5)
    return FrozenEncoder(encoder, name: "public encoder", inputShape: data.inputShape)
  }

  private func train(
    _ model: any Module, _ objective: Objective, _ data: Dataset, _ settings: TrainerSettings,
    _ seed: UInt64
  ) throws {
    try Laboratory.withFolder { folder in
      let trainer = try Trainer(
        model: model, objective: objective, training: data, evaluation: nil, settings: settings,
        context: Context(seed: seed), folder: folder, identity: "inversion")
      _ = try trainer.run()
    }
  }

  private func oracle(_ data: Dataset) throws -> ModelInversionEvaluation.Oracle {
    var settings = AttributeOracle.Settings()
    (settings.pictures, settings.epochs, settings.width) = (2000, 4, 16)
    let portraits = try Portraits(
      privateIdentities: 2, publicIdentities: 500, pool: .public, minimumDistance: 0)
    let population = try Portraits(
      privateIdentities: Self.people, publicIdentities: Self.strangers
    ).population(seed: 0)
    let truth = Dictionary(
      uniqueKeysWithValues: population.privateIdentities.enumerated().map { ($0, $1) })
    return (
      try AttributeOracle(learningFrom: portraits, seed: 9, settings: settings), truth
    )
  }

  private func text(_ row: ModelInversionRow) -> String {
    func number(_ mean: IdentityMean?) -> String {
      mean.map {
        String(format: "%.3f (%.3f to %.3f)", $0.value, $0.interval.low, $0.interval.high)
      }
        ?? "none"
    }
    return """
      \(row.name): target \(number(row.targetAccuracy)), acc@1 \(number(row.accuracy)), acc@5 \
      \(number(row.accuracyAmongFive)), KNN \(number(row.neighbourDistance)), faces \
      \(number(row.faceDistance)), open set \(number(row.openSetAcceptance)), KID \
      \(row.kernelDistance.value), by person \(row.kernelDistanceByIdentity?.value ?? .nan), FID \(row.frechetDistance?.value ?? .nan), precision \
      \(row.prdc?.precision ?? .nan), coverage \(row.prdc?.coverage ?? .nan), attributes \
      \(row.attributes?.correlation ?? .nan)
      """
  }

  @Test("strangers are nobody, look-alikes pass for most people, and real images for nearly all")
  func rows() throws {
    // Threads that wait for one another by spinning are many times slower on a busy machine.
    IntraOperatorThreads.set(1)
    let (known, test) = (try load(.private, .train), try load(.private, .test))
    let strangers = try load(.public, train: 8, .train)
    let publicNames = strangers.classNames
    let pool = try strangers.restricted(toClasses: Array(publicNames.prefix(90)))
    let target = FrozenNetwork(
      try classifier(on: known, width: 8, seed: 1), inputShape: known.inputShape,
      classCount: Self.people)
    let judge = try Evaluator(
      try classifier(on: known, width: 12, seed: 2), inputShape: known.inputShape,
      classCount: Self.people)
    var evaluation = try ModelInversionEvaluation(
      of: target, by: judge, training: ClassImages(known),
      bootstrap: Bootstrap(resamples: 500))
    let encoder = try encoder(on: pool)
    let impostors = try ClassImages(strangers)
    evaluation.faces = encoder
    evaluation.openSet = try OpenSetAcceptance(
      encoder, genuine: ClassImages(test), impostors: (impostors.images, impostors.classes))
    evaluation.oracle = try oracle(known)
    let images = try ClassImages(pool).images
    let classes = Array(0..<Self.people)
    let random = try evaluation.row(
      "random public", ClassImages.random(for: classes, among: images, count: 5, seed: 3))
    let alike = try evaluation.row(
      "look-alikes", ClassImages.lookAlikes(of: classes, among: images, by: target, count: 5))
    let ceiling = try evaluation.row("real", ClassImages(test))
    for row in [random, alike, ceiling] { print(text(row)) }
    let lift = try evaluation.lift(of: ceiling, over: alike)
    let traits = try evaluation.attributeLift(of: ceiling, over: alike)
    print("real above look-alikes: acc@1 \(lift), attributes \(traits)")
    let score = try KnowledgeExtraction(
      of: ClassImages.lookAlikes(of: classes, among: images, by: target, count: 5),
      on: ClassImages(test), classCount: Self.people)
    print("knowledge extraction of look-alikes: \(score.accuracy.value)")
    #expect(random.accuracy.value < 0.2 && ceiling.accuracy.value > 0.65)
    // Accuracy hardly tells real people from look-alikes; a verification system and traits do.
    #expect(alike.accuracy.value > random.accuracy.value + 0.2)
    #expect(alike.targetAccuracy.value > alike.accuracy.value)
    #expect(
      try evaluation.lift(of: ceiling, over: alike, in: .openSetAcceptance).interval.low > 0.3)
    #expect(traits.interval.low > 0)
    #expect(random.neighbourDistance.value > alike.neighbourDistance.value)
    #expect(alike.neighbourDistance.value > ceiling.neighbourDistance.value)
    #expect(random.openSetAcceptance?.value ?? 1 < 0.1)
    #expect(ceiling.openSetAcceptance?.value ?? 0 > 0.7)
    let kernels = [random, alike, ceiling].map { $0.kernelDistanceByIdentity?.value ?? .nan }
    #expect(kernels[2] < kernels[1] && kernels[1] < kernels[0])
    #expect(ceiling.attributes?.correlation ?? 0 > 0.5)
    #expect(abs(random.attributes?.correlation ?? 1) < 0.3)
    #expect(score.accuracy.value < ceiling.accuracy.value)
  }
}
