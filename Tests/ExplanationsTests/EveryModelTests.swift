import Explanations
import Networks
import Perturbations
import Testing
import Torch

/// Methods that look inside, on every kind of picture network.
@Suite("Explanations of every picture model")
struct EveryModelTests {
  static let models: [(name: String, options: [String: Double])] = [
    ("lenet", [:]), ("small-cnn", ["width": 4, "hidden": 8]), ("small-vgg", ["width": 4]),
    ("strided-cnn", ["width": 4, "hidden": 8]), ("wide-resnet", ["depth": 10, "widen": 1]),
    ("lipschitz-cnn", [:]),
  ]

  private func classifier(_ name: String, _ options: [String: Double]) throws -> FrozenNetwork {
    let shape = [1, 28, 28]
    let network = try ModelRegistry.model(
      name, inputShape: name == "small-vgg" || name == "wide-resnet" ? [1, 32, 32] : shape,
      classCount: 4, options: options, using: Generator(seed: 3, purpose: "weights"))
    return FrozenNetwork(
      network, inputShape: name == "small-vgg" || name == "wide-resnet" ? [1, 32, 32] : shape,
      classCount: 4)
  }

  @Test("Grad-CAM finds the last layer with a kernel", arguments: models.map(\.name))
  func gradCAM(_ name: String) throws {
    let options = Self.models.first { $0.name == name }?.options ?? [:]
    let classifier = try classifier(name, options)
    let inputs = Tensor.uniform(
      [2] + classifier.inputShape, using: Generator(seed: 1, purpose: "inputs"))
    let batch = Batch(inputs: inputs, labels: Tensor([0, 1]), indices: [0, 1])
    let tap = try FeatureTap(classifier)
    let (features, logits) = try tap(inputs)
    #expect(features.rank == 4 && features.size(2) > 1, "\(tap.layer): \(features.shape)")
    #expect((logits - (try classifier.logits(inputs))).abs().max().item < 1e-5)
    let result = try GradCAM(isRectified: false).attribute(
      batch, Question(Target(classifier), focus: .label, tap: tap), context: Context())
    #expect(result.maps.shape == [2] + classifier.inputShape.dropFirst())
    #expect(result.maps.abs().max().item > 0)
  }

  @Test("a constrained network stays one while its weights are random")
  func constrained() throws {
    let classifier = try classifier("lipschitz-cnn", [:])
    let inputs = Tensor.uniform([2, 1, 28, 28], using: Generator(seed: 1, purpose: "inputs"))
    let batch = Batch(inputs: inputs, labels: Tensor([0, 1]), indices: [0, 1])
    let before = try classifier.logits(inputs)
    let stages = try RandomisationCheck().run(
      Saliency(isAbsolute: false), on: classifier, batch, Question(Target(classifier)),
      context: Context(seed: 2, workers: 2))
    #expect(stages.count >= 2 && stages.allSatisfy { $0.correlations.count == 2 })
    #expect(try classifier.logits(inputs).isIdentical(to: before))
  }
}
