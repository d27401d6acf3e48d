import Datasets
import Foundation
import Networks
import Perturbations
import Testing
import Torch
import Training
import Transport

let isSlow = ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil

@Suite("Propositions")
struct PropositionTests {
  static func report(_ name: String, _ toy: TransportToy, _ t: Double) throws {
    let r = toy.residuals()
    print(name, "time", t, "loss", toy.loss, "gap", try toy.gap(), "KR/W1", try toy.transportShare(),
      "cos", try [0.25, 0.5, 0.75].map { let c = try toy.cosines(at: $0); return [c.median, c.quantile(0.1)] },
      "tight", try toy.tightness().median, "res", r.median, r.quantile(0.9))
  }
  @Test func all() throws {
    IntraOperatorThreads.set(1)
    for steps in [300] {
      let sets: [(String, Dataset, (Double, Double))] = [
        ("E1", try ShiftedCopies().dataset(count: 200, seed: 0), (0, 0)),
        ("E2", try Gaussians(separation: 4).dataset(count: 200, seed: 0), (0, 0)),
        ("E3", try Gaussians(dimension: 10, separation: 4).dataset(count: 200, seed: 0), (0, 0)),
        ("E4", try Gaussians(separation: 4.5).dataset(count: 200, seed: 0), (10, 0.2)),
        ("E5", try Koch().dataset(count: 200, seed: 0), (0, 0)),
        ("E6", try Koch().dataset(count: 200, seed: 0), (10, 0.05)),
      ]
      for (name, data, w) in sets {
        let t = Date()
        let toy = try TransportToy(data, .init(weights: w, steps: steps))
        try Self.report("\(name) \(steps)", toy, Date().timeIntervalSince(t))
      }
    }
  }
}
