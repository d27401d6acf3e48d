import Foundation
import Testing

@testable import Training

@Suite("The accountant of DP-SGD")
struct SampledGaussianTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let rate: Double
      let noise: Double
      let steps: Int
      let delta: Double
      let epsilon: Double
      let order: Double
      let bound: Double
      let divergences: [Double]
    }
    let orders: [Double]
    let whole: [Double]
    let cases: [Case]
  }

  @Test("divergences are the integrals that define them, and ε is that of dp-accounting")
  func golden() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/defences/accountant.json")
    // Scripts/fixtures/privacy_accountant.py wrote it.
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    #expect(golden.cases.count == 11)
    for known in golden.cases {
      let mechanism = SampledGaussian(rate: known.rate, noise: known.noise)
      for (order, expected) in zip(golden.orders, known.divergences) {
        let value = mechanism.divergence(order: order)
        #expect(
          abs(value - expected) < 1e-9 * expected + 1e-14,
          "\(known.rate) \(known.noise) \(order): \(value) \(expected)")
      }
      let (epsilon, order) = mechanism.epsilon(
        steps: known.steps, delta: known.delta, orders: golden.whole)
      #expect(abs(epsilon - known.epsilon) < 1e-9 * known.epsilon, "\(epsilon) \(known.epsilon)")
      #expect(order == known.order)
      // Between whole orders dp-accounting has bounds from above.
      let best = mechanism.epsilon(steps: known.steps, delta: known.delta).epsilon
      #expect(best <= min(epsilon, known.bound) * (1 + 1e-9) && best > 0.98 * known.bound)
    }
  }

  @Test("where everybody takes part it is α / (2 σ²), and where nobody does it is nothing")
  func limits() {
    for order in [1.5, 2, 32] {
      #expect(SampledGaussian(rate: 1, noise: 3).divergence(order: order) == order / 18)
      #expect(SampledGaussian(rate: 0, noise: 3).divergence(order: order) == 0)
      #expect(SampledGaussian(rate: 0.1, noise: 0).divergence(order: order) == .infinity)
    }
    #expect(
      SampledGaussian(rate: 0.1, noise: 0).epsilon(steps: 1, delta: 1e-5).epsilon == .infinity)
    #expect(SampledGaussian(rate: 0.1, noise: 1).epsilon(steps: 0, delta: 1e-5).epsilon == 0)
  }

  @Test(
    "of order two it is ln(1 + q² (exp(1 / σ²) - 1)), and orders between whole ones lie between")
  func orderTwo() {
    for (rate, noise) in [(0.01, 1.0), (0.3, 0.7), (0.05, 4)] {
      let mechanism = SampledGaussian(rate: rate, noise: noise)
      let expected = log1p(rate * rate * expm1(1 / (noise * noise)))
      #expect(abs(mechanism.divergence(order: 2) - expected) < 1e-12 + 1e-10 * expected)
      // Divergences rise with the order.
      let orders = [1.5, 1.9, 2, 2.1, 2.9, 3, 3.1]
      let values = orders.map(mechanism.divergence)
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 }, "\(values)")
    }
  }

  @Test("ε falls with noise and δ, and rises with steps and the rate")
  func monotone() {
    func epsilon(
      _ rate: Double = 0.02, _ noise: Double = 1, _ steps: Int = 500, _ delta: Double = 1e-5
    ) -> Double {
      SampledGaussian(rate: rate, noise: noise).epsilon(steps: steps, delta: delta).epsilon
    }
    #expect(epsilon(0.02, 2) < epsilon() && epsilon() < epsilon(0.04))
    #expect(epsilon() < epsilon(0.02, 1, 1000) && epsilon(0.02, 1, 500, 1e-3) < epsilon())
  }
}
