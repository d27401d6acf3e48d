import Perturbations
import Testing
import Torch

/// Logits, losses and gradients against those of the attacks' authors.
@Suite("Golden losses")
struct GoldenLossTests {
  @Test("the toy network has the logits of the fixture, in both precisions")
  func logits() throws {
    let expected = try ToyNetwork.golden("logits")
    for (dtype, tolerance) in [(DType.float64, 1e-9), (.float32, 1e-5)] {
      let logits = try ToyNetwork.target(dtype).logits(try ToyNetwork.batch(dtype).inputs)
      #expect((logits.to(.float64) - expected).abs().max().item < tolerance)
    }
  }

  @Test(
    "losses and their gradients",
    arguments: [("ce", AttackLoss.crossEntropy), ("dlr", .differenceOfLogitsRatio)])
  func losses(_ name: String, _ loss: AttackLoss) throws {
    let batch = try ToyNetwork.batch(.float64)
    let found = try ToyNetwork.target(.float64).gradient(at: batch.inputs) {
      loss($0, labels: batch.labels, targets: nil)
    }
    #expect((found.losses - (try ToyNetwork.golden(name))).abs().max().item < 1e-9)
    let gradient = try ToyNetwork.images("grad_\(name)")
    #expect((found.gradient - gradient).abs().max().item < 1e-9)
  }
}
