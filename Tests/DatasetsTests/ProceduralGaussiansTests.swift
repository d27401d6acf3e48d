import Datasets
import Foundation
import Testing

@Suite struct ProceduralGaussiansTests {
  /// Φ(-Δ/2) from tables of the normal distribution.
  @Test(arguments: [
    (0.0, 1.0, 0.5), (2.0, 1.0, 0.158_655_253_931), (4.0, 1.0, 0.022_750_131_948),
    (3.0, 0.5, 0.001_349_898_032),
  ]) func bayesErrorOfTwoEqualClusters(separation: Double, deviation: Double, error: Double) throws
  {
    for dimension in [1, 2, 7] {
      let set = try Gaussians(
        dimension: dimension, separation: separation, deviation: deviation)
      let closed = try #require(set.bayesError)
      #expect(abs(closed - error) < 1e-11)
    }
  }

  @Test func bayesErrorUsesTheMahalanobisDistance() throws {
    // The inverse of [[2, 1], [1, 2]] is [[2, -1], [-1, 2]] / 3, so (2, 0) has length^2 8/3.
    let covariance = [[2.0, 1], [1, 2]]
    let set = try Gaussians(means: [[0, 0], [2, 0]], covariances: [covariance, covariance])
    let expected = erfc((8.0 / 3).squareRoot() / 2 / (2.0).squareRoot()) / 2
    #expect(abs(try #require(set.bayesError) - expected) < 1e-14)
  }

  @Test func countedErrorAgreesWithTheClosedForm() throws {
    let set = try Gaussians(separation: 2)
    let estimate = try set.estimatedBayesError(points: 10_000, seed: 9)
    let closed = try #require(set.bayesError)
    #expect(abs(estimate.value - closed) < 4 * estimate.standardError)
    #expect(try Gaussians(classes: 3).bayesError == nil)
    #expect(try Gaussians(classes: 1).bayesError == 0)
  }

  @Test func logDensityMatchesTheFormula() throws {
    let set = try Gaussians(means: [[1, -1]], covariances: [[[2, 1], [1, 2]]])
    // d = (1, 2): d^T A^-1 d = (2 - 4 + 8) / 3 = 2, and det A = 3.
    let expected = -(2 + log(3.0) + 2 * log(2 * Double.pi)) / 2
    #expect(abs(set.logDensity(of: [2, 1], label: 0) - expected) < 1e-14)
  }

  @Test func momentsOfTheSampleMatchTheTruth() throws {
    let set = try Gaussians(means: [[1, -2]], covariances: [[[2, 1.2], [1.2, 1]]])
    let points = try set.draw(8000, seed: 10).truth.map(\.position)
    let mean = (0..<2).map { axis in points.reduce(0) { $0 + $1[axis] } / 8000 }
    #expect(abs(mean[0] - 1) < 0.07 && abs(mean[1] + 2) < 0.05)
    for (i, j, expected) in [(0, 0, 2.0), (0, 1, 1.2), (1, 1, 1.0)] {
      let value = points.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / 8000
      #expect(abs(value - expected) < 0.12)
    }
  }

  @Test func neighboursAreSeparatedAndAxesAreOrthogonal() throws {
    let set = try Gaussians(
      classes: 5, dimension: 3, separation: 3, deviation: 2, anisotropy: 4, layout: 1)
    for label in 0..<5 {
      let gap = zip(set.means[label], set.means[(label + 1) % 5]).map(-)
      #expect(abs(gap.reduce(0) { $0 + $1 * $1 }.squareRoot() - 3) < 1e-12)
      // Deviations 2, 1 and 1/2: trace 5.25, determinant 1.
      let c = set.covariances[label]
      #expect(abs(c[0][0] + c[1][1] + c[2][2] - 5.25) < 1e-12)
      let minors =
        c[0][0] * (c[1][1] * c[2][2] - c[1][2] * c[2][1])
        - c[0][1] * (c[1][0] * c[2][2] - c[1][2] * c[2][0])
        + c[0][2] * (c[1][0] * c[2][1] - c[1][1] * c[2][0])
      #expect(abs(minors - 1) < 1e-10)
    }
    #expect(set.covariances[0] != set.covariances[1])
    #expect(try Gaussians(classes: 3, dimension: 1, separation: 2).means == [[-2], [0], [2]])
  }

  @Test func wrongMatricesThrow() {
    let wrong: [([[Double]], [[[Double]]])] = [
      ([], []), ([[]], [[]]), ([[0, 0], [1]], [[[1, 0], [0, 1]], [[1]]]),
      ([[0, 0]], []), ([[0, 0]], [[[1]]]), ([[0, 0]], [[[1, 2], [2, 1]]]),
      ([[0, 0]], [[[1, 0.5], [0.4, 1]]]), ([[.nan]], [[[1]]]), ([[0]], [[[0]]]),
    ]
    for (means, covariances) in wrong {
      #expect(throws: ProceduralError.self) {
        try Gaussians(means: means, covariances: covariances)
      }
    }
    #expect(throws: ProceduralError.self) { try Gaussians(anisotropy: 0.5) }
    #expect(throws: ProceduralError.self) { try Gaussians(dimension: 0) }
  }
}
