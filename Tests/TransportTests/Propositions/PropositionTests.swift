import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Networks and optimal transport, Propositions 1 and 2")
struct PropositionTests {
  static let isSlow = ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil

  // Several threads for operators as small as these wait for one another most of the time.
  init() { IntraOperatorThreads.set(1) }

  /// Two normal clusters, in as many dimensions.
  static func gaussians(_ dimension: Int = 2, separation: Double = 4) throws -> Dataset {
    try Gaussians(dimension: dimension, separation: separation).dataset(count: 200, seed: 0)
  }

  static func koch() throws -> Dataset { try Koch().dataset(count: 200, seed: 0) }

  /// No 1-Lipschitz network has a smaller loss than the best function, nor sees a longer distance.
  static func expectSound(_ toy: TransportToy, _ name: Comment) throws {
    #expect(toy.gap > -1e-4, name)
    #expect(try toy.transportShare() < 1 + 1e-4, name)
    #expect((toy.tightness.max() ?? 0) < 1 + 1e-4, name)
  }

  @Test("shortly trained: gradients point along transport, and no loss is below the programme's")
  func short() throws {
    let distance = try TransportToy(Self.gaussians(), .init(steps: 150))
    try Self.expectSound(distance, "E2")
    #expect(distance.gap < 0.02 && distance.tightness.median >= 0.98)
    #expect(distance.cosines(at: 0.5).median >= 0.99)
    let classifier = try TransportToy(
      Self.gaussians(separation: 4.5), .init(weights: (10, 0.2), steps: 150))
    try Self.expectSound(classifier, "E4")
    #expect(classifier.cosines(at: 0.5).median >= 0.99)
    #expect(classifier.residuals().median <= 0.1)
  }

  @Test("E1, E2, E4: the gradient between a point and its image", .enabled(if: isSlow))
  func first() throws {
    let toys = try [
      TransportToy(ShiftedCopies().dataset(count: 200, seed: 0), .init(steps: 1000)),
      TransportToy(Self.gaussians(), .init(steps: 1000)),
      TransportToy(Self.gaussians(separation: 4.5), .init(weights: (10, 0.2), steps: 1000)),
    ]
    for (toy, name) in zip(toys, ["E1", "E2", "E4"] as [Comment]) {
      try Self.expectSound(toy, name)
      #expect(toy.gap < 0.005, name)
      #expect(toy.tightness.median >= 0.98, name)
      for share in [0.25, 0.5, 0.75] { #expect(toy.cosines(at: share).median >= 0.99, name) }
    }
    // Proposition 2 needs the hinge, which E4 has.
    #expect(toys[2].residuals().median <= 0.01 && toys[2].residuals().quantile(0.9) <= 0.02)
  }

  @Test(
    "E6 and its negative control E5: snowflakes, with the hinge and without", .enabled(if: isSlow))
  func snowflakes() throws {
    let toy = try TransportToy(Self.koch(), .init(weights: (10, 0.05), steps: 2000))
    // From the middle on, seen from the outer snowflake; the inner one is where the function is steepest.
    for share in [0.25, 0.5] {
      #expect(toy.cosines(at: share).median >= 0.99 && toy.cosines(at: share).quantile(0.1) >= 0.9)
    }
    #expect(toy.gap < 0.04 && toy.tightness.median >= 0.98)
    try Self.expectSound(toy, "E6")
    // Without the hinge nothing puts the boundary between the classes.
    let control = try TransportToy(Self.koch(), .init(steps: 1000))
    try Self.expectSound(control, "E5")
    #expect(control.residuals().median > 0.1)
    #expect(toy.residuals().median <= 0.01 && toy.residuals().quantile(0.9) <= 0.02)
  }

  @Test("E3: in ten dimensions", .enabled(if: isSlow))
  func tenDimensions() throws {
    let toy = try TransportToy(Self.gaussians(10), .init(steps: 1000))
    try Self.expectSound(toy, "E3")
    #expect(toy.gap < 0.2)
  }
}
