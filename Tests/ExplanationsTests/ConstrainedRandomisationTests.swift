import Explanations
import Foundation
import Networks
import Perturbations
import Testing
import Torch

@Suite("Random weights of constrained networks")
struct ConstrainedRandomisationTests {
  /// Gradients, and the largest of their lengths over all calls.
  private struct Watched: Attribution {
    final class Lengths: @unchecked Sendable {
      private let lock = NSLock()
      private var values: [Double] = []
      func add(_ value: Double) { lock.withLock { values.append(value) } }
      var all: [Double] { lock.withLock { values } }
    }

    static let about = AttributionDescription(
      name: "watched", summary: "A gradient.", kind: .gradients, isSigned: true, cost: "one pass",
      source: "this test")
    static let options: [AttributionOption<Watched>] = []
    let lengths = Lengths()

    func attribute(
      _ batch: Batch, _ question: Question, context: Context
    ) throws -> AttributionResult {
      let result = try Saliency(isAbsolute: false).attribute(batch, question, context: context)
      lengths.add(result.maps.flattened(from: 1).norm(along: [1]).max().item)
      return result
    }
  }

  @Test("free parameters are drawn, and the network stays as short as its layers promise")
  func staysConstrained() throws {
    let network = LipschitzCNN(
      side: 8, outputs: 3, using: Generator(seed: 4, purpose: "weights"))
    let frozen = FrozenNetwork(network, inputShape: [1, 8, 8], classCount: 3)
    let batch = Batch(
      inputs: Tensor.uniform([4, 1, 8, 8], using: Generator(seed: 5, purpose: "inputs")),
      labels: Tensor([0, 1, 2, 0]), indices: [0, 1, 2, 3])
    let before = network.state().mapValues { $0.copy() }
    let method = Watched()
    let stages = try RandomisationCheck().run(
      method, on: frozen, batch, Question(Target(frozen), tap: try FeatureTap(frozen)),
      context: Context(seed: 1, workers: 2))
    let constrained = network.namedLeaves.filter { $0.layer is any ConstrainedLayer }
    #expect(stages.count == constrained.count)
    #expect(method.lengths.all.count == stages.count + 1)
    #expect(method.lengths.all.allSatisfy { $0 > 0 && $0 < 1 + 1e-4 }, "\(method.lengths.all)")
    #expect((stages.last?.correlations ?? [1]).reduce(0, +) / 4 < 0.9)
    #expect(network.state().allSatisfy { before[$0.key]?.isIdentical(to: $0.value) == true })
  }
}
