import Foundation
import Networks
import Testing
import Torch

@Suite("Models with a bottleneck")
struct BottleneckTests {
  private static let names = ModelRegistry.names.filter {
    !$0.hasPrefix("text-") && !$0.hasPrefix("lipschitz")
  }

  private func model(_ name: String, bottleneck: Double?) throws -> (any Layer, Tensor) {
    let image = ["small-vgg", "wide-resnet"].contains(name) ? [3, 32, 32] : [1, 28, 28]
    var options: [String: Double] = name == "wide-resnet" ? ["depth": 10, "widen": 1] : [:]
    options[ModelRegistry.bottleneck] = bottleneck
    let model = try ModelRegistry.model(
      name, inputShape: image, classCount: 7, options: options,
      using: Generator(seed: 1, purpose: "weights"))
    let inputs = Tensor.normal([4] + image, using: Generator(seed: 2, purpose: "inputs"))
    return (model, inputs)
  }

  @Test("every model of images has one, with its other weights as they were", arguments: names)
  func every(name: String) throws {
    let (plain, inputs) = try model(name, bottleneck: nil)
    let (narrowed, _) = try model(name, bottleneck: 6)
    #expect(narrowed(inputs).shape == [4, 7])
    let weights = plain.parameters.dropLast(2)
    for (one, other) in zip(weights, narrowed.parameters) {
      #expect(one.value.isIdentical(to: other.value))
    }
    #expect(narrowed.parameters.count == weights.count + 4)
    let folder = FileManager.default.temporaryDirectory.appending(path: "bottleneck-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try narrowed.export(to: folder.appending(path: "model.pt"))
    let script = try ScriptClassifier(
      contentsOf: folder.appending(path: "model.pt"), example: inputs, classCount: 7)
    #expect((try script.logits(inputs) - narrowed(inputs)).abs().max().item < 1e-5)
    #expect((narrowed(inputs, .sampling(seed: 1)) - narrowed(inputs)).abs().max().item > 1e-6)
  }

  @Test("a chain is its stages also in a training pass", arguments: names)
  func stages(name: String) throws {
    let (model, inputs) = try model(name, bottleneck: 0)
    func pass() -> Pass { .training(seed: 5, updatesStatistics: false) }
    let (whole, staged) = (pass(), pass())
    let output = model.flatStages.reduce(inputs) { $1($0, staged) }
    #expect(model(inputs, whole).isIdentical(to: output))
  }

  @Test("models that read words and those without a plain linear end refuse it")
  func refusals() throws {
    #expect(throws: ModelError.self) {
      try ModelRegistry.model(
        "text-cnn", inputShape: [12], classCount: 2, options: ["bottleneck": 4],
        vocabularySize: 30, using: Generator(seed: 1, purpose: "weights"))
    }
    for size in [-1, 0.5] {
      #expect(throws: ModelError.self) { try model("mlp", bottleneck: size) }
    }
    #expect(throws: ModelError.option("bottleneck", value: 4, model: "lipschitz-mlp")) {
      try model("lipschitz-mlp", bottleneck: 4)
    }
  }
}
