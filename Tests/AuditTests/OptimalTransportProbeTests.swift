import Audit
import Datasets
import Networks
import Perturbations
import Reports
import Testing
import Torch

@Suite("Optimal transport in audits")
struct OptimalTransportProbeTests {
  /// The best function for copies that are moved by `(3, 1)`, times a factor.
  private func network(_ factor: Float, outputs: Int = 1) -> FrozenNetwork {
    let layer = Linear(2, outputs, using: Generator(seed: 0, purpose: "weights"))
    let unit = [3, 1].map { Float($0) / Float(10).squareRoot() * factor }
    let rows = outputs == 1 ? unit : unit.map { -$0 / 2 } + unit.map { $0 / 2 }
    layer.$weight.replace(with: Tensor(rows, shape: [outputs, 2]))
    layer.bias?.replace(with: Tensor.zeros([outputs]))
    return FrozenNetwork(layer, inputShape: [2], classCount: 2)
  }

  private func evidence(_ network: FrozenNetwork) throws -> Evidence {
    var settings = AuditSettings(.quick)
    settings.hinge = (10, 0.3)
    let subject = try Subject(
      name: "linear", classifier: network,
      data: ShiftedCopies().dataset(count: 120, seed: 0, part: .test), settings: settings,
      context: Context(seed: 0))
    #expect(OptimalTransportProbe().suits(subject))
    return try OptimalTransportProbe().run(on: subject)
  }

  @Test("the best function sees all of the distance, and one half of it half")
  func share() throws {
    let best = try evidence(network(1))
    let seen = best.findings.first { $0.id.text == "transport.kr_over_w1" }?.value
    #expect(abs((seen ?? 0) - 1) < 1e-5)
    #expect(best.flags.allSatisfy { !$0.raised } && best.flags.count == 1)
    // Beside a hinge a function without an offset is not the best.
    let gap = best.findings.first { $0.id.text == "transport.optimality_gap" }?.value
    #expect((gap ?? -1) > 0)
    // What a network could see is measured by its own bound: half as steep is no worse.
    let half = try evidence(network(0.5)).findings.last?.value
    #expect(abs((half ?? 0) - 1) < 1e-5)
  }

  @Test("networks that are not 1-Lipschitz are left out")
  func leftOut() throws {
    #expect(try evidence(network(4)).findings.isEmpty)
    #expect(!(try evidence(network(1, outputs: 2)).findings.isEmpty))
  }
}
