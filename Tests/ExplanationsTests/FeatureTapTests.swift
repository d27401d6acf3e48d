import Explanations
import Foundation
import Networks
import Perturbations
import Testing
import Torch

@Suite("Taps at layers")
struct FeatureTapTests {
  private let network = SmallCNN(
    side: 8, classCount: 3, width: 4, hidden: 6, using: Generator(seed: 1, purpose: "weights"))
  private var frozen: FrozenNetwork {
    FrozenNetwork(network, inputShape: [1, 8, 8], classCount: 3)
  }
  private let inputs = Tensor.uniform([3, 1, 8, 8], using: Generator(seed: 2, purpose: "inputs"))

  private func exported() throws -> ScriptClassifier {
    let url = FileManager.default.temporaryDirectory.appending(path: "tap-\(UUID()).pt")
    defer { try? FileManager.default.removeItem(at: url) }
    try network.export(to: url)
    return try ScriptClassifier(contentsOf: url, example: inputs, classCount: 3)
  }

  @Test("a layer says the same in a network built here and exported from it")
  func same() throws {
    let script = try exported()
    for layer in ["features.0", "features.3", "features.5"] {
      let here = try FeatureTap(frozen, layer: layer)(inputs)
      let there = try FeatureTap(script, layer: layer)(inputs)
      #expect((here.features - there.features).abs().max().item < 1e-6, "\(layer)")
      #expect((here.logits - there.logits).abs().max().item < 1e-6)
      #expect((here.logits - network(inputs)).abs().max().item < 1e-6)
    }
    #expect(try FeatureTap(frozen).layer == "features.3")
    #expect(try FeatureTap(script).layer == "features.3")
    #expect(try FeatureTap(frozen, layer: "3").layer == "features.3")
  }

  @Test(
    "TorchScript with its operators rearranged says what it says as it was written, to the last bit"
  )
  func rearranged() throws {
    // A tap runs the file's own order; without it, largest values are taken before the rectifier.
    let script = try exported()
    let tap = try FeatureTap(script, layer: "features.3")
    func answer(_ function: (Tensor) throws -> Tensor) throws -> (Tensor, Tensor) {
      try withGradients(enabled: true) {
        let variable = inputs.variable()
        let logits = try function(variable)
        return (logits.detached(), gradient(of: logits[1].sum(), withRespectTo: variable))
      }
    }
    let (logits, slopes) = try answer { try script.logits($0) }
    let (expected, expectedSlopes) = try answer { try tap($0).logits }
    #expect(logits.isIdentical(to: expected))
    #expect((slopes - expectedSlopes).abs().max().item == 0 && slopes.abs().max().item > 0)
  }

  @Test("Grad-CAM of TorchScript is that of the network it was exported from")
  func gradCAM() throws {
    let batch = Batch(inputs: inputs, labels: Tensor([0, 1, 2]), indices: [0, 1, 2])
    let maps = try [frozen as any Classifier, exported()].map { classifier in
      try GradCAM(isRectified: false).attribute(
        batch, Question(Target(classifier), focus: .label, tap: FeatureTap(classifier)),
        context: Context(workers: 2)
      ).maps
    }
    #expect(maps[0].shape == [3, 8, 8] && maps[0].abs().max().item > 0)
    #expect((maps[0] - maps[1]).abs().max().item < 1e-5 * maps[0].abs().max().item)
  }

  @Test("layers that are not there or have no places are refused by name")
  func refusals() throws {
    for classifier in [frozen as any Classifier, try exported()] {
      #expect {
        try FeatureTap(classifier, layer: "features.9")
      } throws: { error in
        guard case .unknownLayer("features.9", let known) = error as? ExplanationError else {
          return false
        }
        return known.contains("features.3")
      }
      #expect(throws: ExplanationError.layerShape("classifier.0", shape: [1, 6])) {
        try FeatureTap(classifier, layer: "classifier.0")
      }
    }
    struct Function: Classifier {
      let classCount = 2
      let inputShape = [1, 8, 8]
      func logits(_ inputs: Tensor) throws -> Tensor { Tensor.zeros([inputs.size(0), 2]) }
    }
    #expect(throws: ExplanationError.self) { try FeatureTap(Function()) }
    let flat = FrozenNetwork(
      MLP(widths: [4, 5, 2], using: Generator(seed: 1, purpose: "w")), inputShape: [4],
      classCount: 2)
    #expect(throws: ExplanationError.self) { try FeatureTap(flat) }
  }

  @Test("random weights change the map, and the network gets its own back")
  func randomisation() throws {
    let batch = Batch(inputs: inputs, labels: Tensor([0, 1, 2]), indices: [0, 1, 2])
    let question = Question(Target(frozen), tap: try FeatureTap(frozen))
    let before = network.state().mapValues { $0.copy() }
    let stages = try RandomisationCheck().run(
      Saliency(isAbsolute: false), on: frozen, batch, question,
      context: Context(seed: 1, workers: 2))
    #expect(
      stages.map(\.layer) == ["classifier.2", "classifier.0", "features.3", "features.0"])
    #expect(stages.allSatisfy { $0.correlations.count == 3 })
    let last = stages.last?.correlations.reduce(0, +) ?? 3
    #expect(abs(last / 3) < 0.7)
    #expect(network.state().allSatisfy { before[$0.key]?.isIdentical(to: $0.value) == true })
    #expect(throws: ExplanationError.self) {
      try RandomisationCheck().run(
        Saliency(), on: exported(), batch, question, context: Context())
    }
  }
}
