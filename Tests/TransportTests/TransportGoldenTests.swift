import Foundation
import Testing
import Transport

/// Optimal transport between six pairs of points, as SciPy solved it.
private struct Golden: Decodable {
  struct Pairs: Decodable {
    var P: [[Double]]
    var Q: [[Double]]
    var assignment: [Int]
    var W1: Double
    var programmes: [String: Double]

    enum CodingKeys: String, CodingKey {
      case P
      case Q
      case assignment
      case W1
      case programmes = "hKR LP optimum"
    }
  }
  var ot: Pairs

  static func load() throws -> Pairs {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/lipschitz-losses/golden.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file)).ot
  }
}

@Suite("Transport oracles against SciPy")
struct TransportGoldenTests {
  @Test("the assignment of six points and the optima of four linear programmes")
  func golden() throws {
    let golden = try Golden.load()
    let costs = try TransportCosts(
      from: golden.P.flatMap(\.self), to: golden.Q.flatMap(\.self), dimension: 2)
    let assignment = try Assignment(costs)
    #expect(assignment.columns == golden.assignment)
    #expect(abs(assignment.meanCost - golden.W1) < 1e-12)
    for (lambda, margin) in [(0.0, 0.1), (1, 0.5), (10, 0.1), (10, 1)] {
      let best = try HingeTransport(costs, hingeWeight: lambda, margin: margin)
      let expected = try #require(golden.programmes["lambda=\(lambda),m=\(margin)"])
      #expect(abs(best.loss - expected) < 1e-8, "\(lambda) \(margin): \(best.loss)")
      #expect(abs(best.loss - loss(best, lambda, margin)) < 1e-8)
    }
  }

  /// The loss of the function that the solver found, which must be 1-Lipschitz.
  private func loss(_ best: HingeTransport, _ lambda: Double, _ margin: Double) -> Double {
    let (up, down) = (best.positive, best.negative)
    let hinges = up.map { max(0, margin - $0) } + down.map { max(0, margin + $0) }
    let transport = up.reduce(0, +) / Double(up.count) - down.reduce(0, +) / Double(down.count)
    return -transport + lambda * hinges.reduce(0, +) / Double(hinges.count)
  }
}
