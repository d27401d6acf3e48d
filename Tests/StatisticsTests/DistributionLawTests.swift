import Foundation
import Statistics
import Testing

@Suite("What the t distributions must obey")
struct DistributionLawTests {
  @Test("t with one degree of freedom is Cauchy's distribution, far into its tails")
  func cauchy() throws {
    let t = try StudentT(degreesOfFreedom: 1)
    for x in [-50.0, -1, -0.01, 0, 0.3, 1, 7] {
      #expect(abs(t.cumulative(x) - (0.5 + atan(x) / .pi)) < 1e-15)
    }
    for x in [1e3, 1e8, 1e20, 1e200] {
      #expect(isClose(t.cumulative(-x), atan(1 / x) / .pi, relative: 1e-12))
    }
    for p in [1e-250, 1e-12, 1e-4, 0.025, 0.3] {
      #expect(isClose(t.quantile(p), -1 / tan(p * .pi), relative: 1e-11))
    }
  }

  @Test("t with two degrees of freedom has a root for a cumulative function")
  func twoDegrees() throws {
    let t = try StudentT(degreesOfFreedom: 2)
    for x in [0.1, 1, 5] {
      #expect(abs(t.cumulative(x) - (0.5 + x / (2 * (2 + x * x).squareRoot()))) < 1e-15)
    }
    for p in [0.6, 0.9, 0.999] {
      let closed = (2 * p - 1) / (2 * p * (1 - p)).squareRoot()
      #expect(isClose(t.quantile(p), closed, relative: 1e-12))
    }
  }

  @Test("with many degrees of freedom t is normal")
  func normalLimit() throws {
    let t = try StudentT(degreesOfFreedom: 1e15)
    for z in [-8.0, -1.96, -0.1, 0.5, 3] {
      #expect(isClose(t.cumulative(z), NormalDistribution.cumulative(z), relative: 1e-11))
    }
  }

  @Test("quantiles undo cumulative probabilities", arguments: [0.7, 1, 3, 29, 1000])
  func inverse(degreesOfFreedom: Double) throws {
    let t = try StudentT(degreesOfFreedom: degreesOfFreedom)
    for p in [1e-40, 1e-9, 0.01, 0.25, 0.49999999, 0.75, 0.99] {
      #expect(isClose(t.cumulative(t.quantile(p)), p, relative: 1e-11))
    }
  }

  @Test func endsAndNonsense() throws {
    let t = try StudentT(degreesOfFreedom: 4)
    #expect(t.quantile(0) == -.infinity && t.quantile(1) == .infinity && t.quantile(0.5) == 0)
    #expect(t.quantile(-0.1).isNaN && t.quantile(.nan).isNaN && t.cumulative(.nan).isNaN)
    #expect(t.cumulative(.infinity) == 1 && t.cumulative(-.infinity) == 0)
    let noncentral = try NoncentralT(degreesOfFreedom: 4, noncentrality: 1)
    #expect(noncentral.cumulative(.infinity) == 1 && noncentral.cumulative(-.infinity) == 0)
    #expect(noncentral.cumulative(.nan).isNaN)
    for df in [0, -1, .infinity, .nan] {
      #expect(throws: StatisticsError.self) { try StudentT(degreesOfFreedom: df) }
      #expect(throws: StatisticsError.self) {
        try NoncentralT(degreesOfFreedom: df, noncentrality: 0)
      }
    }
    #expect(throws: StatisticsError.self) {
      try NoncentralT(degreesOfFreedom: 3, noncentrality: .infinity)
    }
  }

  @Test("without noncentrality the noncentral distribution is the central one")
  func central() throws {
    for df in [0.5, 1, 3, 40, 1e4, 1e8] {
      let central = try StudentT(degreesOfFreedom: df)
      let noncentral = try NoncentralT(degreesOfFreedom: df, noncentrality: 0)
      for t in [-30, -4, -0.2, 0, 1, 9] {
        #expect(abs(noncentral.cumulative(t) - central.cumulative(t)) < 1e-12, "df \(df), t \(t)")
      }
    }
  }

  @Test("both tails of the noncentral distribution add up to one")
  func mirrored() throws {
    for (df, delta) in [(1.0, 2.0), (6, 15), (50, 0.3), (3, 500)] {
      let distribution = try NoncentralT(degreesOfFreedom: df, noncentrality: delta)
      let mirror = try NoncentralT(degreesOfFreedom: df, noncentrality: -delta)
      for t in [-3, 0, 0.5, 2, delta, 4 * delta] {
        #expect(abs(distribution.cumulative(t) + mirror.cumulative(-t) - 1) < 1e-13)
      }
      #expect(isClose(mirror.cumulative(0), NormalDistribution.cumulative(delta), relative: 1e-12))
    }
  }
}
