import Certificates
import Foundation
import Networks
import Testing
import Torch

@Suite("Heads of 1-Lipschitz networks")
struct LipschitzHeadTests {
  init() { IntraOperatorThreads.set(1) }

  private func network(
    _ name: String, _ options: [String: Double], shape: [Int], classes: Int
  ) throws -> FrozenNetwork {
    let layer = try ModelRegistry.model(
      name, inputShape: shape, classCount: classes, options: options,
      using: Laboratory.generator("weights"))
    return FrozenNetwork(layer, inputShape: shape, classCount: classes)
  }

  private func radii(
    _ model: FrozenNetwork, _ batch: Batch, _ head: LipschitzMargin.Head
  ) throws -> [Double] {
    try LipschitzMargin(head: head).certify(model, batch, context: Context()).radius.map {
      $0 ?? .nan
    }
  }

  @Test(
    "pair by pair certifies at least as much as jointly, and that as much as class by class",
    arguments: ["lipschitz-mlp", "lipschitz-cnn"])
  func order(_ name: String) throws {
    let model = try network(name, ["head": 0], shape: [1, 8, 8], classes: 4)
    let batch = try Laboratory.batch(20, of: model)
    let pairwise = try radii(model, batch, .pairwise)
    let joint = try radii(model, batch, .joint)
    let perClass = try radii(model, batch, .perClass)
    for row in pairwise.indices {
      #expect(pairwise[row] > 0 && perClass[row] > 0)
      #expect(pairwise[row] >= joint[row] * (1 - 1e-7) && joint[row] >= perClass[row])
      // The rows of the head are orthonormal: the first two are the same but for rounding.
      #expect(abs(joint[row] / pairwise[row] - 1) < 1e-4)
      #expect(abs(perClass[row] / joint[row] - 0.5.squareRoot()) < 1e-4)
    }
  }

  @Test("a network with one output has the radius |f| / L, whatever the head")
  func oneOutput() throws {
    let model = try network(
      "lipschitz-mlp", ["outputs": 1, "hidden": 16], shape: [2], classes: 2)
    let batch = try Laboratory.batch(20, of: model)
    let logits = try model.logits(batch.inputs)
    #expect(logits.shape == [20, 2])
    let values = (logits.select(1, along: 1) - logits.select(0, along: 1)).values(as: Double.self)
    let bound = try LipschitzMargin().lipschitzBound(of: model)
    #expect(bound <= 1 + 1e-6)
    for head in LipschitzMargin.Head.allCases {
      for (radius, value) in zip(try radii(model, batch, head), values) {
        #expect(radius <= abs(value) && radius > abs(value) * (1 - 1e-3) - 1e-5)
      }
    }
  }

  @Test("normalisation of inputs multiplies the bound")
  func normalisation() throws {
    let generator = Laboratory.generator("weights")
    let plain = LipschitzCNN(side: 8, outputs: 3, head: .joint, using: generator)
    let scaled = Sequential {
      Normalise(mean: [0.3], standardDeviation: [0.2])
      plain
    }
    let (one, other) = try (
      LipschitzMargin().lipschitzBound(
        of: FrozenNetwork(plain, inputShape: [1, 8, 8], classCount: 3)),
      LipschitzMargin().lipschitzBound(
        of: FrozenNetwork(scaled, inputShape: [1, 8, 8], classCount: 3))
    )
    #expect(one <= 1 + 1e-6 && abs(other / one - 5) < 1e-6)
  }
}
