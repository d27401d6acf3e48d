import Explanations
import Networks
import Perturbations
import Testing
import Torch

/// What holds for every method.
@Suite("Invariants of explanations")
struct InvariantTests {
  static let names = Attributions.all.map(\.name)

  private let classifier = FrozenNetwork(
    SmallCNN(side: 12, classCount: 4, width: 3, hidden: 8, using: Generator(seed: 4, purpose: "w")),
    inputShape: [1, 12, 12], classCount: 4)

  private func batch(_ count: Int) -> Batch {
    let inputs = Tensor.uniform([count, 1, 12, 12], using: Generator(seed: 5, purpose: "x"))
    return Batch(
      inputs: inputs, labels: Tensor((0..<count).map { $0 % 4 }),
      indices: (0..<count).map { 50 + $0 })
  }

  private func question() throws -> Question {
    Question(Target(classifier), tap: try FeatureTap(classifier))
  }

  /// A method with settings under which it takes no minutes.
  static func quick(_ name: String) throws -> any Attribution {
    let settings: [String: [String: String]] = [
      "smoothgrad": ["samples": "7"], "squaregrad": ["samples": "7"], "vargrad": ["samples": "7"],
      "integrated-gradients": ["steps": "9"], "rise": ["samples": "60", "grid": "4"],
      "lime": ["samples": "40", "grid": "3"], "kernel-shap": ["samples": "41", "grid": "3"],
      "shapley": ["grid": "2x3"], "sobol": ["designs": "8", "grid": "3"],
      "grad-cam": ["rectified": "false"], "grad-cam++": ["rectified": "false"],
      "hsic": ["samples": "40", "grid": "4"],
    ]
    var method = try Attributions.named(name)
    for (option, value) in settings[name] ?? [:] { method = try method.setting(option, to: value) }
    return method
  }

  @Test("maps do not depend on the batch, its order, the cap or the workers", arguments: names)
  func independence(_ name: String) throws {
    let method = try Self.quick(name)
    let batch = batch(9)
    var question = try question()
    question.batchCap = 5
    let one = try method.attribute(batch, question, context: Context(seed: 2, workers: 1))
    let four = try method.attribute(batch, question, context: Context(seed: 2, workers: 4))
    #expect(one.maps.isIdentical(to: four.maps))
    #expect(one.scores == four.scores && one.classes == four.classes)
    #expect(one.maps.abs().max().item > 0 && one.isFinite.allSatisfy { $0 })
    let order = Array((0..<9).reversed())
    question.batchCap = 64
    let turned = try method.attribute(
      batch.selecting(order), question, context: Context(seed: 2, workers: 2))
    let expected = one.maps.selecting(rows: order)
    let scale = expected.abs().max().item
    #expect((turned.maps - expected).abs().max().item < 1e-3 * scale)
    #expect(turned.classes == order.map { one.classes[$0] })
    #expect(turned.indices == batch.selecting(order).indices)
  }

  @Test("metrics do not depend on the workers", arguments: ExplanationMetrics.all.map(\.about.name))
  func metrics(_ name: String) throws {
    let metric = try ExplanationMetrics.named(name)
    let batch = batch(5)
    let question = try question()
    let method = Saliency()
    func values(_ workers: Int) throws -> [Double] {
      let context = Context(seed: 8, workers: workers)
      let result = try method.attribute(batch, question, context: context)
      return try metric.measure(result, of: method, batch, question, context: context)
    }
    let one = try values(1)
    #expect(one.count == 5 && one.allSatisfy(\.isFinite))
    #expect(try values(4) == one)
  }

  @Test("seeds matter where something is drawn", arguments: ["smoothgrad", "rise", "lime", "hsic"])
  func seeds(_ name: String) throws {
    let method = try Self.quick(name)
    func map(_ seed: UInt64) throws -> Tensor {
      try method.attribute(batch(2), question(), context: Context(seed: seed)).maps
    }
    #expect(try map(1).isIdentical(to: map(1)))
    #expect(try !map(1).isIdentical(to: map(2)))
  }

  @Test("channels are brought together as asked, and probabilities are explained as such")
  func reductions() throws {
    let gradient = Tensor([1.0, -3, 2, 2, -2, 0.5], shape: [2, 3])
    let target = Target(classCount: 2) {
      $0.flattened(from: 1).linear(gradient.repeatedInterleaving(4, along: 1))
    }
    let batch = Batch(
      inputs: Tensor.ones([1, 3, 2, 2], dtype: .float64), labels: Tensor([0]), indices: [0])
    func map(_ reduction: ChannelReduction) throws -> AttributionResult {
      try Saliency(isAbsolute: false).attribute(
        batch, Question(target, focus: .label, reduction: reduction), context: Context())
    }
    #expect(try map(.none).maps.shape == [1, 3, 2, 2])
    #expect(try map(.mean).maps.values(as: Double.self) == [0, 0, 0, 0])
    #expect(try map(.max).maps.values(as: Double.self) == [-3, -3, -3, -3])
    let logits = try target.logits(batch.inputs)
    let probabilities = logits.softmax(along: 1).values(as: Double.self)
    let asked = Question(target, focus: .label, scale: .probabilities)
    let result = try Saliency(isAbsolute: false).attribute(batch, asked, context: Context())
    #expect(abs(result.scores[0] - probabilities[0]) < 1e-12)
    let slope = probabilities[0] * probabilities[1] * (1.0 - 2)
    #expect(abs(result.maps[0, 0, 0, 0].item - slope) < 1e-12)
  }

  @Test("one output stands for two classes")
  func oneOutput() throws {
    let target = Target(classCount: 1) { $0.sum(along: 1, keepingDimensions: true) }
    let batch = Batch(
      inputs: Tensor([1.0, 2, -3, -4], shape: [2, 2]), labels: Tensor([1, 1]), indices: [0, 1])
    let result = try Saliency(isAbsolute: false).attribute(
      batch, Question(target), context: Context())
    #expect(result.classes == [1, 0])
    #expect(result.scores == [3, 7])
    #expect(result.maps.values(as: Double.self) == [1, 1, -1, -1])
  }

  @Test("no examples, no maps", arguments: names)
  func nothing(_ name: String) throws {
    let result = try Self.quick(name).attribute(batch(0), question(), context: Context())
    #expect(result.count == 0 && result.maps.size(0) == 0)
  }
}
