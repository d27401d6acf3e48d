import Statistics
import Testing

/// The literals are SciPy's: Scripts/fixtures/statistics_numbers.py prints them.
@Suite struct DistributionTests {
  @Test(arguments: [
    (1e-300, -37.0470962993612), (1e-100, -21.273453560965322), (1e-20, -9.262340089798409),
    (1e-9, -5.9978070150076865), (0.001, -3.090232306167813), (0.025, -1.9599639845400545),
    (0.2, -0.8416212335729142), (0.5, 0.0), (0.6, 0.2533471031357997),
    (0.975, 1.959963984540054), (0.999999, 4.753424308817087),
  ])
  func normalQuantile(probability: Double, expected: Double) {
    #expect(abs(NormalDistribution.quantile(probability) - expected) < 1e-10)
  }

  @Test(arguments: [
    (-20, 2.7536241186061556e-89), (-8.5, 9.47953482220325e-18), (-3, 0.0013498980316300933),
    (-1.959963984540054, 0.025), (-0.1, 0.460172162722971), (0, 0.5), (0.7, 0.758036347776927),
    (2.5, 0.9937903346742238), (6, 0.9999999990134123),
  ])
  func normalCumulative(z: Double, expected: Double) {
    #expect(isClose(NormalDistribution.cumulative(z), expected, relative: 1e-12))
  }

  @Test func normalQuantileAtAndOutsideTheEnds() {
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(1) == .infinity)
    #expect(NormalDistribution.quantile(-0.1).isNaN)
    #expect(NormalDistribution.quantile(.nan).isNaN)
  }

  @Test(arguments: [
    (0.5, 0.5, 0.2, 0.2951672353008665), (2, 3, 0.4, 0.5247999999999999),
    (10, 1, 0.9, 0.34867844010000004), (1, 200, 0.01, 0.8660203251420381),
    (50.5, 80.25, 0.37, 0.3560788353859885), (5000, 5001, 0.495, 0.16107483988778323),
    (1e6, 2e6, 0.3335, 0.7298824325036775), (300, 2, 0.999, 0.9629191418029293),
    (3, 1e5, 1e-5, 0.08030415619556053), (20, 30, 1e-3, 2.7506876658559915e-47),
  ])
  func betaCumulative(alpha: Double, beta: Double, x: Double, expected: Double) throws {
    let distribution = try BetaDistribution(alpha: alpha, beta: beta)
    #expect(isClose(distribution.cumulative(x), expected, relative: 1e-11))
  }

  @Test(arguments: [
    (0.5, 0.5, 0.025, 0.001541333133436012), (2, 3, 0.975, 0.8058795503167565),
    (1, 200, 0.025, 0.00012658102786701825), (50.5, 80.25, 1e-6, 0.2037669567366771),
    (5000, 5001, 0.5, 0.49995000166669995), (1e6, 2e6, 0.001, 0.33249259586781227),
    (300, 2, 0.9, 0.9982318064469645), (3, 1e5, 0.025, 6.186640225262935e-6),
    (20, 30, 1e-12, 0.057957848446234056),
  ])
  func betaQuantile(alpha: Double, beta: Double, probability: Double, expected: Double) throws {
    let distribution = try BetaDistribution(alpha: alpha, beta: beta)
    #expect(isClose(distribution.quantile(probability), expected, relative: 1e-11))
  }

  @Test func betaAgreesWithItsClosedForms() throws {
    // Shapes (1, b) and (a, 1) have powers for cumulative functions.
    for exponent in [0.3, 1, 7, 1000] {
      for x in [1e-6, 0.1, 0.5, 0.999] {
        let left = try BetaDistribution(alpha: exponent, beta: 1)
        #expect(isClose(left.cumulative(x), power(x, exponent), relative: 1e-12))
        let right = try BetaDistribution(alpha: 1, beta: exponent)
        #expect(abs(right.cumulative(x) - (1 - power(1 - x, exponent))) < 1e-13)
      }
    }
  }

  @Test(arguments: [(0.0, 1.0), (1, -1), (.infinity, 1), (1, .nan)])
  func betaRejectsShapes(alpha: Double, beta: Double) {
    #expect(throws: StatisticsError.self) { try BetaDistribution(alpha: alpha, beta: beta) }
  }
}
