import Datasets
import Foundation
import Inversion
import Networks
import Statistics
import Testing
import Torch
import Training

@Suite("Membership inference on trained networks")
struct MembershipAuditTests {
  /// As many members as others of four clusters that overlap, so that the best classifier errs often and
  /// only who knows an example by heart is right about it.
  private func data(
    _ count: Int = 100, seed: UInt64 = 1
  ) throws -> (members: Dataset, others: Dataset) {
    let clusters = try Gaussians(classes: 4, dimension: 6, separation: 1)
    return (
      try clusters.dataset(count: count, seed: seed),
      try clusters.dataset(count: count, seed: seed, part: .test)
    )
  }

  private func training(_ widths: [Int], epochs: Int, decay: Double) -> NetworkTraining {
    var settings = TrainerSettings()
    (settings.epochs, settings.batchSize) = (epochs, 40)
    settings.learningRate = LearningRate(1e-2)
    settings.optimiser.weightDecay = decay
    return NetworkTraining(settings: settings) { shape, classes, generator in
      MLP(widths: shape + widths + [classes], using: generator)
    }
  }

  private var overfitted: NetworkTraining { training([64], epochs: 100, decay: 0) }
  private var regularised: NetworkTraining { training([], epochs: 20, decay: 0.3) }

  private func inference(
    _ training: NetworkTraining, _ count: Int = 100, seed: UInt64 = 1,
    rates: [Double] = [0.01, 0.1]
  ) throws -> MembershipInference {
    // Threads that wait for one another by spinning are many times slower on a busy machine.
    IntraOperatorThreads.set(1)
    let (members, others) = try data(count, seed: seed)
    let target = try training.trained(on: members, seed: 7)
    return try MembershipInference(
      of: target, members: members, others: others, rates: rates,
      bootstrap: Bootstrap(.percentile, resamples: 100), seed: 1)
  }

  @Test("an overfitted network gives its members away, a regularised one barely does")
  func leaks() throws {
    for seed in 1...2 as ClosedRange<UInt64> {
      let open = try inference(overfitted, seed: seed)
      let leak = try open.threshold(.loss)
      let rest = try inference(regularised, seed: seed).threshold(.loss)
      #expect(leak.area.area > 0.7 && leak.areaInterval?.low ?? 0 > 0.65, "\(leak.area)")
      #expect(rest.area.area < 0.63 && rest.areaInterval?.low ?? 1 < 0.56, "\(rest.area)")
      #expect(open.memberAccuracy.rate ?? 0 > (open.otherAccuracy.rate ?? 1) + 0.3)
      // The scaled confidence is another scale of the same probability.
      #expect(
        abs(try open.threshold(.scaledConfidence).area.area - leak.area.area) < 1e-9)
      // Without the label less is seen.
      #expect(try open.threshold(.entropy).area.area < leak.area.area)
      #expect(leak.name == "threshold on loss" && !leak.warnings.isEmpty)
    }
  }

  @Test(
    "all attacks on both networks, as the documentation has them",
    .enabled(if: ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil))
  func table() throws {
    for (name, training) in [("overfitted", overfitted), ("regularised", regularised)] {
      let own = try inference(training, 200, rates: [0.001, 0.01])
      let context = Context(seed: 3, workers: 4)
      let shadows = try ShadowModels.trained(64, on: own.pool, by: training, context: context)
      let rows =
        try [MembershipScore.confidence, .loss, .entropy, .modifiedEntropy].map(own.threshold)
        + LikelihoodRatio.Form.allCases.map { try own.likelihoodRatio(shadows, form: $0) }
        + [
          own.labelOnly(.noise(deviation: 0.5, copies: 50), context: context).scores,
          own.labelOnly(.boundary(steps: 5, evaluations: 30, box: nil), context: context).scores,
        ]
      print(
        "\(name): members \(own.memberAccuracy.rate ?? .nan), others \(own.otherAccuracy.rate ?? .nan)"
      )
      for row in rows {
        let rates = row.rates.map { "\($0.value) (\($0.interval.low) to \($0.interval.high))" }
        print(
          "\(name): \(row.name): \(row.area.area) (\(row.areaInterval?.low ?? .nan) to "
            + "\(row.areaInterval?.high ?? .nan)), \(rates.joined(separator: ", "))")
      }
      // Without the label there is little to see in an overfitted network either.
      let areas = rows.map(\.area.area)
      if name == "overfitted" {
        #expect(areas[1] > 0.7 && areas[4] > areas[1] && areas[5] > areas[1])
        #expect(areas[6] > 0.6 && areas[7] > 0.6)
        #expect(rows[4].rates[1].value > 0.15 && rows[1].rates[1].value < 0.05)
      } else {
        #expect(areas.allSatisfy { 0.4...0.62 ~= $0 })
      }
    }
  }

  @Test("shadow models: both forms find members, and do not depend on workers")
  func shadows() throws {
    let open = try inference(overfitted)
    let one = try ShadowModels.trained(
      6, on: open.pool, by: overfitted, context: Context(seed: 3, workers: 1))
    let two = try ShadowModels.trained(
      6, on: open.pool, by: overfitted, context: Context(seed: 3, workers: 2))
    #expect(one == two)
    let online = try open.likelihoodRatio(one)
    let offline = try open.likelihoodRatio(one, form: .offline)
    #expect(online.area.area > 0.75 && offline.area.area > 0.7, "\(online.area), \(offline.area)")
    #expect(online.name.contains("online, 6 shadow models"))
  }

  @Test("a killed training of shadow models goes on, and another is not taken for it")
  func resumed() throws {
    let (members, _) = try data()
    let short = training([4], epochs: 2, decay: 0)
    try Laboratory.withFolder { folder in
      let first = try ShadowModels.trained(
        2, on: members, by: short, folder: folder, context: Context(seed: 3))
      let marker = folder.appending(path: "shadow-0")
      let files = try FileManager.default.contentsOfDirectory(atPath: marker.path)
      #expect(files.contains { $0.hasPrefix("finished-") })
      let again = try ShadowModels.trained(
        2, on: members, by: short, folder: folder, context: Context(seed: 3))
      #expect(again == first)
    }
  }

  @Test("decisions alone: deeper inside their class lie members")
  func labelOnly() throws {
    let open = try inference(overfitted)
    let context = Context(seed: 1)
    let noise = try open.labelOnly(.noise(deviation: 0.5, copies: 20), context: context)
    #expect(noise.scores.area.area > 0.6 && noise.queries == 200 * 20)
    // The distance to a known boundary: a linear model, whose margin over the norm it is.
    let linear = Sequential([Linear(2, 2, using: Generator(seed: 1, purpose: "weights"))])
    let plane = FrozenNetwork(linear, inputShape: [2], classCount: 2)
    let inputs = Tensor([Float(2), 1, -1, 3, 0.5, -2], shape: [3, 2])
    let logits = try plane.logits(inputs).values(as: Float.self).map(Double.init)
    let weight = try #require(linear.flatStages.first as? Linear).weight
      .values(as: Float.self).map(Double.init)
    let length = hypot(weight[0] - weight[2], weight[1] - weight[3])
    let batch = Batch(
      inputs: inputs, labels: Tensor([0, 0, 0]), indices: [0, 1, 2])
    let attack = try LabelOnlyMembership.boundary(steps: 15, evaluations: 30, box: -10...10)
    let found = try attack.scores(of: plane, on: batch, context: context)
    for place in 0..<3 {
      let margin = (logits[2 * place] - logits[2 * place + 1]) / length
      #expect(
        margin < 0
          ? found.scores[place] == 0 : abs(found.scores[place] - margin) < 0.05 * margin + 1e-3)
    }
    #expect(found.queries > 100)
  }

  @Test("shifted copies: the share that is classified rightly")
  func shifts() throws {
    // The class is where the one bright pixel is: left or right half.
    var weights = [Float](repeating: 0, count: 32)
    for pixel in 0..<16 { weights[(pixel % 4 < 2 ? 0 : 16) + pixel] = 1 }
    let network = Sequential([
      Flatten(), Linear(16, 2, using: Generator(seed: 1, purpose: "weights")),
    ])
    try network.load([
      "\(network.namedParameters[0].name)": Tensor(weights, shape: [2, 16]),
      "\(network.namedParameters[1].name)": Tensor([Float(0.1), 0]),
    ])
    var pixels = [Float](repeating: 0, count: 32)
    (pixels[4], pixels[16 + 5]) = (1, 1)
    let batch = Batch(
      inputs: Tensor(pixels, shape: [2, 1, 4, 4]), labels: Tensor([0, 0]), indices: [0, 1])
    let classifier = FrozenNetwork(network, inputShape: [1, 4, 4], classCount: 2)
    let found = try LabelOnlyMembership.shifts(reach: 1).scores(
      of: classifier, on: batch, context: Context())
    // The first stays left however it moves by one (off the border the bias decides); the second leaves the
    // left half by one move of five.
    #expect(found.scores == [1, 0.8] && found.queries == 10)
    #expect(throws: InversionError.self) {
      try LabelOnlyMembership.shifts(reach: 4).scores(
        of: classifier, on: batch, context: Context())
    }
    #expect(throws: InversionError.self) {
      try LabelOnlyMembership.noise(deviation: 0, copies: 1).scores(
        of: classifier, on: batch, context: Context())
    }
  }

  @Test("members that are among the others, too, are refused")
  func shared() throws {
    let (members, _) = try data()
    let target = FrozenNetwork(
      MLP(widths: [6, 4], using: Generator(seed: 1, purpose: "weights")), inputShape: [6],
      classCount: 4)
    #expect(throws: InversionError.self) {
      try MembershipInference(of: target, members: members, others: members.prefix(10))
    }
  }
}
