/// The test that a coin is fair.
package enum BinomialTest {
  /// The probability of a split at least as uneven, both ways.
  package static func twoSided(successes: Int, trials: Int) -> Double {
    let least = min(successes, trials - successes)
    guard least < trials - least else { return 1 }
    // P(X ≤ k) = I_{1/2}(n - k, k + 1) (DLMF 8.17.5).
    let tail = BetaDistribution(uncheckedAlpha: Double(trials - least), beta: Double(least + 1))
      .cumulative(0.5)
    return min(1, 2 * tail)
  }

  /// The probability of exactly so many successes, `C(n, k) / 2ⁿ`.
  static func probability(of successes: Int, trials: Int) -> Double {
    // The beta density with shapes k + 1 and n - k + 1 is (n + 1) C(n, k) xᵏ (1 - x)ⁿ⁻ᵏ.
    BetaDistribution(uncheckedAlpha: Double(successes + 1), beta: Double(trials - successes + 1))
      .density(0.5) / Double(trials + 1)
  }
}
