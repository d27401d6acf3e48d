import Foundation
import Networks
import Testing
import Torch

@Suite("Models")
struct ModelTests {
  let generator = Generator(seed: 2, purpose: "models")

  @Test("parameter counts are those of the articles")
  func counts() {
    #expect(LeNet(using: generator).parameterCount == 61_706)
    #expect(WideResNet(using: generator).parameterCount == 1_467_610)
    #expect(
      MLP(widths: [784, 1200, 600, 300, 150, 10], hasBatchNorm: true, using: generator)
        .parameterCount == 1_889_560 + 2 * (1200 + 600 + 300 + 150 + 10))
  }

  @Test("names are PyTorch's")
  func names() {
    #expect(
      SmallCNN(using: generator).namedParameters.map(\.name) == [
        "features.0.weight", "features.0.bias", "features.3.weight", "features.3.bias",
        "classifier.0.weight", "classifier.0.bias", "classifier.2.weight", "classifier.2.bias",
      ])
    #expect(
      BatchNorm(2).namedBuffers.map(\.name) == [
        "running_mean", "running_var", "num_batches_tracked",
      ])
    #expect(
      WideResNet(depth: 10, using: generator).namedParameters.map(\.name).prefix(4) == [
        "stem.weight", "blocks.0.norm1.weight", "blocks.0.norm1.bias", "blocks.0.conv1.weight",
      ])
  }

  @Test(
    "every model exports to TorchScript and comes back with the same logits",
    arguments: ModelRegistry.names)
  func export(_ name: String) throws {
    let words: Int? = name.hasPrefix("text-") ? 30 : nil
    let image = ["small-vgg", "wide-resnet"].contains(name) ? [3, 32, 32] : [1, 28, 28]
    let shape = words == nil ? image : [12]
    let options: [String: Double] =
      switch name {
      case "wide-resnet": ["depth": 10, "widen": 1]
      case "text-lstm": ["normalised": 1]
      default: [:]
      }
    let model = try ModelRegistry.model(
      name, inputShape: shape, classCount: 7, options: options, vocabularySize: words,
      using: generator)
    let inputs =
      words.map { .integers([4] + shape, in: 0..<$0, using: generator) }
      ?? Tensor.normal([4] + shape, using: generator)
    // Move the running statistics, so that a lost buffer would show.
    _ = model(inputs, .training(seed: 1))
    let folder = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try model.export(to: folder.appending(path: "model.pt"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.pt"])
    let script = try ScriptClassifier(
      contentsOf: folder.appending(path: "model.pt"), example: inputs, classCount: 7)
    let difference = (try script.logits(inputs) - model(inputs)).abs().max().item
    #expect(difference < 1e-5)

    try model.save(to: folder.appending(path: "model.safetensors"))
    let twin = try ModelRegistry.model(
      name, inputShape: shape, classCount: 7, options: options, vocabularySize: words,
      using: Generator(seed: 3, purpose: "twin"))
    try twin.load(contentsOf: folder.appending(path: "model.safetensors"))
    #expect(twin(inputs).isIdentical(to: model(inputs)))
  }

  @Test("a state that does not fit is refused as a whole, with all that is wrong")
  func wrongState() throws {
    let model = MLP(widths: [4, 3, 2], using: generator)
    var state = model.state()
    state["layers.0.weight"] = .zeros([3, 5])
    state["extra"] = .zeros([1])
    state["layers.2.bias"] = nil
    let error = try #require(throws: StateError.self) { try model.load(state) }
    #expect(error.missing == ["layers.2.bias"])
    #expect(error.unexpected == ["extra"])
    #expect(error.wrongShape == ["layers.0.weight [3, 5] instead of [3, 4]"])
  }

  @Test("a model whose output does not fit the data is refused")
  func classifierChecks() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "classifier-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "model.pt")
    let example = Tensor.zeros([2, 1, 28, 28])
    try LeNet(classCount: 5, using: generator).export(to: file)
    #expect(throws: ClassifierError.classCount(path: file.path, outputs: 5, classes: 10)) {
      try ScriptClassifier(contentsOf: file, example: example, classCount: 10)
    }
    #expect(throws: ScriptError.self) {
      try ScriptClassifier(contentsOf: file, example: .zeros([2, 3, 32, 32]), classCount: 5)
    }
    try Conv2D(1, 1, kernel: 3, using: generator).export(to: file)
    #expect(
      throws: ClassifierError.outputShape(
        path: file.path, shape: [2, 1, 26, 26], inputs: [2, 1, 28, 28])
    ) { try ScriptClassifier(contentsOf: file, example: example, classCount: 10) }
    try Data("no model".utf8).write(to: file)
    #expect(throws: ScriptError.self) {
      try ScriptClassifier(contentsOf: file, example: example, classCount: 10)
    }
    #expect(throws: ModelError.unknownModel("lenett", known: ModelRegistry.names)) {
      try ModelRegistry.model(
        "lenett", inputShape: [1, 28, 28], classCount: 10, using: generator)
    }
  }
}

extension ModelTests {
  @Test("dropped inputs are zeros and rescaled others, in training passes alone")
  func inputDropout() throws {
    func network(_ dropout: Double) -> MLP {
      MLP(widths: [40, 1], inputDropout: dropout, using: Generator(seed: 5, purpose: "mlp"))
    }
    let (plain, dropping) = (network(0), network(0.75))
    let inputs = Tensor.ones([1, 40])
    #expect(
      plain(inputs, .evaluation).item as Double == dropping(inputs, .evaluation).item as Double)
    let weight = try #require(dropping.namedParameters.first { $0.name.hasSuffix("weight") })
    let bias = try #require(dropping.namedParameters.first { $0.name.hasSuffix("bias") })
    let values = weight.parameter.value.values(as: Double.self)
    let outputs = (0..<400).map { seed -> Double in
      dropping(inputs, .training(seed: UInt64(seed))).item - bias.parameter.value.item
    }
    // The mean over masks is the sum of all weights; the variance is 3 times the sum of squares.
    let sum = values.reduce(0, +)
    let deviation = (3 * values.reduce(0) { $0 + $1 * $1 }).squareRoot()
    let mean = outputs.reduce(0, +) / 400
    #expect(abs(mean - sum) < 5 * deviation / 20)
    let spread = (outputs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399).squareRoot()
    #expect(abs(spread / deviation - 1) < 0.2)
    #expect(throws: ModelError.option("inputDropout", value: 1, model: "mlp")) {
      try ModelRegistry.model(
        "mlp", inputShape: [4], classCount: 2, options: ["inputDropout": 1],
        using: Generator(seed: 0, purpose: "x"))
    }
  }
}
