import Datasets
import Foundation
import Inversion
import Networks
import Statistics
import Testing
import Torch
import Training

/// The measures on an encoder that was trained on portraits, without any attack: what they must say of
/// images that are known.
@Suite(
  "Floor and ceiling on portraits",
  .enabled(if: ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil))
struct PortraitLeakageTests {
  private static let publicPortraits = PortraitOptions(
    pool: .public, privateIdentities: 60, publicIdentities: 400, train: 12, test: 5)
  private static let privatePortraits = PortraitOptions(
    pool: .private, privateIdentities: 60, publicIdentities: 400, test: 4)

  private func load(_ options: PortraitOptions, _ part: DatasetPart) throws -> Dataset {
    try Dataset.load(from: "portraits", split: part, options: LoadOptions(portraits: options))
  }

  private func trained(on data: Dataset) throws -> FrozenEncoder {
    try Laboratory.withFolder { folder in
      let encoder = IdentityCNN(width: 16, using: Generator(seed: 1, purpose: "weights"))
      var settings = TrainerSettings()
      (settings.epochs, settings.batchSize) = (8, 60)
      settings.learningRate = LearningRate(2e-3, shape: .cosine)
      let arcface = try ArcFace(margin: MarginRamp(from: 0.2, to: 0.5, over: 0.5))
      let trainer = try Trainer(
        model: encoder, objective: Objective { arcface }, training: data, evaluation: nil,
        settings: settings, context: Context(seed: 1), folder: folder, identity: "leakage")
      _ = try trainer.run()
      return FrozenEncoder(encoder, inputShape: data.inputShape)
    }
  }

  private func all(_ data: Dataset) -> Batch { data.batch(Array(0..<data.count)) }

  @Test(
    "strangers pass as often as thresholds say, look-alikes more often, and people nearly always")
  func rows() throws {
    // Threads that wait for one another by spinning are many times slower on a busy machine.
    IntraOperatorThreads.set(1)
    let names = (0..<400).map { "public \($0)" }
    let split = try IdentitySplit(
      publicIdentities: Array(names.prefix(300)), privateIdentities: ["private 0", "private 1"],
      thresholdIdentities: Array(names.suffix(100)))
    let pool = try load(Self.publicPortraits, .train).restricted(
      toClasses: split.publicIdentities)
    let third = try load(Self.publicPortraits, .test).restricted(
      toClasses: split.thresholdIdentities)
    let victims = try load(Self.privatePortraits, .test)
    try IdentitySplit.checkImages([
      ("public", pool), ("threshold", third), ("private", victims),
    ])
    let system = try trained(on: pool)
    try system.checkIsDeterministic(on: all(victims).inputs[0..<8])
    let targets = try TemplateTargets(images: all(victims).inputs, identities: victims.labelValues)
    #expect(targets.count == 60)
    let plain = try rows(of: system, targets, third, all(pool).inputs)
    #expect(plain.genuine[1] > 0.85)
    for (rate, random) in zip([0.1, 0.01], plain.random) {
      #expect(random < 2.5 * rate && random > rate / 4, "\(rate): \(random)")
    }
    #expect(zip(plain.nearest, plain.random).allSatisfy { $0 > $1 })
    #expect(plain.nearest[0] > 0.5)
    // A rotation changes nothing, signs alone cost little.
    let rotated = try rows(
      of: ProtectedEncoder(system, protections: [RandomProjection(from: 64, to: 64, seed: 3)]),
      targets, third, all(pool).inputs)
    for (before, after) in zip(plain.genuine + plain.nearest, rotated.genuine + rotated.nearest) {
      #expect(abs(before - after) < 0.02)
    }
    let signs = try rows(
      of: ProtectedEncoder(
        system,
        protections: [
          RandomProjection(from: 64, to: 32, seed: 3), TemplateQuantisation(levels: 2),
        ]), targets, third, all(pool).inputs)
    #expect(signs.genuine[0] > 0.8)
  }

  private func rows(
    of system: any TemplateEncoder, _ targets: TemplateTargets, _ third: Dataset, _ pool: Tensor
  ) throws -> (genuine: [Double], random: [Double], nearest: [Double]) {
    let thresholds = try SystemThresholds(
      system, images: all(third).inputs, identities: third.labelValues)
    #expect(thresholds.warnings.isEmpty)
    let evaluation = try TemplateEvaluation(
      system, targets: targets, thresholds: thresholds,
      bootstrap: Bootstrap(resamples: 500), seed: 1)
    let rows = [
      try evaluation.genuine(), try evaluation.randomPublic(pool, draws: 50),
      try evaluation.nearestPublic(pool),
      try evaluation.row("images", Reconstructions(targets.images)),
    ]
    for row in rows {
      for success in row.successes {
        print(
          system.name, row.name, success.threshold.falseMatchRate,
          "I", success.typeOne?.value ?? .nan, success.typeOne?.interval.low ?? .nan,
          success.typeOne?.interval.high ?? .nan, "II", success.typeTwo.value,
          success.typeTwo.interval.low, success.typeTwo.interval.high)
      }
    }
    func typeTwo(_ row: TemplateRow) -> [Double] { row.successes.map(\.typeTwo.value) }
    // The images themselves always pass as themselves, and as the person as often as real ones do.
    #expect(rows[3].successes.allSatisfy { $0.typeOne?.value == 1 })
    #expect(zip(typeTwo(rows[3]), typeTwo(rows[0])).allSatisfy { $0 == $1 })
    let lift = try evaluation.lift(
      of: rows[3], over: rows[2], atFalseMatchRate: 0.01, isTypeOne: false)
    #expect(lift.interval.low > 0)
    return (typeTwo(rows[0]), typeTwo(rows[1]), typeTwo(rows[2]))
  }
}
