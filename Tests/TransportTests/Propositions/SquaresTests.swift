import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("The distance between blank pictures and squares")
struct SquaresTests {
  init() { IntraOperatorThreads.set(1) }

  /// The objective on the data after some steps at a rate that is large on purpose.
  private func distance(steps: Int, seed: UInt64) throws -> Double {
    let data = try Squares().dataset(count: 64, seed: 0)
    let network = try ModelRegistry.model(
      "lipschitz-mlp", inputShape: data.inputShape, classCount: 2,
      options: ["hidden": 128, "layers": 3, "taper": 0.5, "outputs": 1],
      using: Generator(seed: seed, purpose: "weights"))
    var adam = OptimiserSettings().optimiser(of: network.parameters)
    for number in 0..<steps {
      let batch = data.batch((0..<16).map { (16 * number + $0) % 64 })
      let step = StepContext(model: network, batch: batch, step: number, context: Context(seed: 0))
      let value = KantorovichRubinstein().value(in: step)
      adam.step(
        gradients(of: value, withRespectTo: network.parameters.map(\.value)), learningRate: 1e-2)
    }
    let values = try TransportDistance().values(of: network, on: data, context: Context(seed: 0))
    return values.reduce(0, +) / Double(values.count)
  }

  @Test("weights that move fast stay within bounds: no number is lost, and nothing exceeds 35")
  func short() throws {
    for seed in UInt64(0)..<2 {
      let found = try distance(steps: 12, seed: seed)
      #expect(found.isFinite && found > 0 && found < 35 + 1e-3, "\(found)")
    }
  }

  @Test("the network finds 35", .enabled(if: PropositionTests.isSlow))
  func long() throws { #expect(abs(try distance(steps: 320, seed: 0) - 35) < 0.1) }
}
