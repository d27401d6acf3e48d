import Datasets
import Foundation
import Inversion
import Networks
import Statistics
import Testing
import Torch
import Training

/// A linear classifier of images `[N, 1, 1, D]`.
private struct LinearClassifier: Classifier {
  var weights: Tensor
  var name: String? = "weight"
  var offset = 0.0

  init(_ rows: [[Double]], name: String? = "weight", offset: Double = 0) {
    weights = Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count])
    (self.name, self.offset) = (name, offset)
  }

  var classCount: Int { weights.size(0) }
  var inputShape: [Int] { [1, 1, weights.size(1)] }
  func logits(_ inputs: Tensor) throws -> Tensor {
    inputs.flattened(from: 1).to(.float64).linear(weights) + offset
  }
  func state() throws -> [String: Tensor]? { name.map { [$0: weights] } }
}

@Suite("Measures of model inversion")
struct ModelInversionTests {
  private let bootstrap = Bootstrap(.percentile, resamples: 100)
  private static let axes = [[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
  /// Another classifier of the same four classes.
  private static let slanted = axes.enumerated().map { place, row in
    row.enumerated().map { $1 * 2 + 0.1 * Double($0 * place % 3) }
  }

  private func images(_ rows: [[Double]], _ classes: [Int]) throws -> ClassImages {
    try ClassImages(
      Tensor(rows.flatMap(\.self), shape: [rows.count, 1, 1, rows[0].count]), classes: classes)
  }

  private func evaluator(_ rows: [[Double]] = slanted) -> Evaluator {
    Evaluator(name: "pixels", classifier: LinearClassifier(rows)) { $0.flattened(from: 1) }
  }

  /// Two real images of each of four people.
  private func training() throws -> ClassImages {
    try images(
      Self.axes + Self.axes.map { $0.map { $0 * 0.8 + 0.1 } }, [0, 1, 2, 3, 0, 1, 2, 3])
  }

  private func evaluation() throws -> ModelInversionEvaluation {
    try ModelInversionEvaluation(
      of: LinearClassifier(Self.axes), by: evaluator(), training: training(),
      bootstrap: bootstrap)
  }

  @Test("accuracies among one and five, by person, and a model that says nothing is never right")
  func accuracies() throws {
    let rows = (0..<7).map { place in (0..<7).map { $0 == place ? 1.0 : 0 } }
    let classifier = LinearClassifier(rows)
    let found = try ClassAccuracy(
      of: classifier,
      on: images([rows[0], rows[0], rows[1], [7, 6, 5, 4, 3, 2, 1]], [0, 1, 1, 4]),
      named: "test", bootstrap, seed: 0)
    #expect(found.isRight == [true, false, true, false])
    #expect(found.top.means == [0: 1, 1: 0.5, 4: 0])
    #expect(abs(found.top.value - 0.5) < 1e-12)
    // The class 1 of the second image is tied with five others, behind one.
    #expect(found.topFive?.means == [0: 1, 1: 0.5, 4: 1])
    let silent = try ClassAccuracy(
      of: LinearClassifier(Self.axes.map { $0.map { _ in 0 } }), on: training(), named: "test",
      bootstrap, seed: 0)
    #expect(silent.top.value == 0 && silent.topFive == nil)
    #expect(throws: InversionError.self) {
      try ClassAccuracy(
        of: classifier, on: images([rows[0]], [7]), named: "test", bootstrap, seed: 0)
    }
  }

  @Test("a target that judges itself is refused by its weights and by its answers")
  func sameModel() throws {
    let images = try training().images
    let judge = evaluator()
    for target in [
      LinearClassifier(Self.slanted), LinearClassifier(Self.slanted, name: "head.linear"),
      LinearClassifier(Self.slanted, name: nil, offset: 3),
    ] {
      #expect(throws: InversionError.sameModel(first: "target", second: "evaluator")) {
        try judge.checkIndependence(of: target, on: images)
      }
    }
    try judge.checkIndependence(of: LinearClassifier(Self.axes), on: images)
    #expect(throws: InversionError.self) {
      try judge.checkIndependence(of: LinearClassifier(Array(Self.axes.prefix(3))), on: images)
    }
    #expect(throws: InversionError.self) {
      try ModelInversionEvaluation(
        of: LinearClassifier(Self.slanted), by: judge, training: training())
    }
  }

  @Test("features are what the last weighted layer sees")
  func features() throws {
    let network = SmallCNN(
      channels: 1, side: 8, classCount: 3, width: 2, hidden: 6,
      using: Generator(seed: 1, purpose: "weights"))
    let evaluator = try Evaluator(network, inputShape: [1, 8, 8], classCount: 3)
    let images = try ClassImages(Laboratory.noise([5, 1, 8, 8]), classes: [0, 1, 2, 0, 1])
    let features = try evaluator.features(of: images, batchSize: 2)
    #expect(features.width == 6 && features.count == 5 && features.name == "features of evaluator")
    let last = try #require(network.classifier.flatStages.last as? Linear)
    let logits = last(features.rows.to(.float32)).values(as: Float.self)
    let own = try evaluator.classifier.logits(images.images).values(as: Float.self)
    #expect(zip(logits, own).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(throws: InversionError.self) {
      try Evaluator(
        Linear(4, 2, using: Generator(seed: 1, purpose: "weights")), inputShape: [4],
        classCount: 2)
    }
  }

  @Test("look-alikes are the public images that the target is surest of, strangers are drawn")
  func lookAlikes() throws {
    let target = LinearClassifier(Self.axes)
    let pool = try images(
      [[0.1, 0, 0, 0], [0.9, 0, 0, 0], [0.5, 0, 0.6, 0], [0, 0.2, 0, 0]], [0, 0, 0, 0]
    ).images
    let found = try ClassImages.lookAlikes(of: [0, 2], among: pool, by: target, count: 2)
    #expect(found.classes == [0, 0, 2, 2])
    let rows = found.images.flattened(from: 1).values(as: Double.self)
    #expect(Array(rows.prefix(8)) == [0.9, 0, 0, 0, 0.5, 0, 0.6, 0])
    #expect(Array(rows[8..<12]) == [0.5, 0, 0.6, 0])
    let random = try ClassImages.random(for: [1, 3], among: pool, count: 3, seed: 1)
    let again = try ClassImages.random(for: [1, 3], among: pool, count: 3, seed: 1)
    #expect(random.images.isIdentical(to: again.images) && random.classes == [1, 1, 1, 3, 3, 3])
    #expect(throws: InversionError.self) {
      try ClassImages.lookAlikes(of: [4], among: pool, by: target, count: 2)
    }
    #expect(throws: InversionError.self) {
      try ClassImages.lookAlikes(of: [0], among: pool, by: target, count: 5)
    }
  }

  @Test("a row says what images suit and what they show; lift is paired by person")
  func rows() throws {
    let evaluation = try evaluation()
    let attack = try evaluation.row(
      "attack",
      images([[0.9, 0, 0, 0], [0, 1.2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], [0, 1, 2, 3]),
      budget: InversionBudget(forward: 4))
    let alike = try evaluation.row(
      "look-alikes",
      images([[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], [0, 1, 2, 3]))
    #expect(attack.targetAccuracy.value == 1 && attack.accuracy.value == 1)
    #expect(attack.accuracyAmongFive == nil && attack.budget?.forward == 4 && attack.count == 4)
    #expect(abs(alike.accuracy.value - 0.5) < 1e-12)
    let lift = try evaluation.lift(of: attack, over: alike)
    #expect(abs(lift.value - 0.5) < 1e-12 && lift.interval.contains(0.5))
    #expect(try evaluation.lift(of: attack, over: attack).interval.width == 0)
    // Squared: 0.1² and 0.2² from the nearest of their own, and 0.
    #expect(areClose([attack.neighbourDistance.value], [(0.01 + 0.04) / 4], 1e-9))
    // Two of four look-alikes fail, and are far: successes alone look perfect.
    #expect(areClose([alike.neighbourDistance.value], [(2 * 0.9 * 0.9 + 2 * 0.1 * 0.1) / 2], 1e-9))
    #expect(alike.neighbourDistanceOfSuccesses?.value ?? 1 < 1e-9)
    #expect(alike.neighbourDistanceOfSuccesses?.means.count == 2)
    #expect(attack.kernelDistance.value < alike.kernelDistance.value + 1)
    #expect(attack.warnings.contains { $0.contains("Fréchet") })
    #expect(attack.prdc?.formula == .reference && attack.prdcNearestBall?.formula == .nearestBall)
    #expect(attack.diversity == nil && attack.openSetAcceptance == nil && attack.attributes == nil)
    #expect(throws: InversionError.self) {
      try evaluation.lift(of: attack, over: alike, in: .openSetAcceptance)
    }
    #expect(throws: InversionError.self) { try evaluation.attributeLift(of: attack, over: alike) }
    let fewer = try evaluation.row("fewer", images([[1, 0, 0, 0], [0, 1, 0, 0]], [0, 1]))
    #expect(throws: StatisticsError.self) { try evaluation.lift(of: attack, over: fewer) }
    // Two images are no four, to whose third neighbour a ball could reach: no value, and why.
    #expect(fewer.prdc == nil && fewer.warnings.contains { $0.contains("made images") })
  }

  @Test("distances by templates of an encoder, and the interval of the Fréchet distance")
  func faces() throws {
    var evaluation = try evaluation()
    evaluation.faces = FunctionEncoder(
      name: "directions", inputShape: [1, 1, 4], templateWidth: 4
    ) { $0.flattened(from: 1) }
    evaluation.frechetResamples = 20
    // Lengths do not count: the first has the direction of a training image, the second is across.
    let row = try evaluation.row("attack", images([[7, 0, 0, 0], [0, 0, 3, 0]], [0, 1]))
    #expect(row.faceDistance?.means[0] ?? 1 < 1e-12)
    let cosine = 0.1 / (0.9 * 0.9 + 3 * 0.01).squareRoot()
    #expect(areClose([row.faceDistance?.means[1] ?? 0], [2 * (1 - cosine)], 1e-9))
    #expect(row.frechetInterval != nil && row[.faceDistance] == row.faceDistance)
  }

  @Test("images that fool the target show nobody to the evaluator")
  func adversarial() throws {
    var evaluation = try evaluation()
    // The target looks at four pixels, the evaluator at the same in another order.
    let order = [1, 2, 3, 0]
    evaluation = try ModelInversionEvaluation(
      of: LinearClassifier(order.map { Self.axes[$0] }), by: evaluator(), training: training(),
      bootstrap: bootstrap)
    let row = try evaluation.row("fooled", images(order.map { Self.axes[$0] }, [0, 1, 2, 3]))
    #expect(row.targetAccuracy.value == 1 && row.accuracy.value == 0)
  }

  @Test("diversity within a person")
  func diversity() throws {
    var evaluation = try evaluation()
    evaluation.perception = PerceptualDistance(name: "squares") {
      ($0 - $1).squared().flattened(from: 1).sum(along: 1)
    }
    let row = try evaluation.row(
      "attack", images([[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]], [0, 0, 1, 1]))
    #expect(row.diversity?.means == [0: 1, 1: 0])
    let single = try evaluation.row("single", images(Self.axes, [0, 1, 2, 3]))
    #expect(single.diversity == nil)
  }
}
