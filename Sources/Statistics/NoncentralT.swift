import Foundation

/// The noncentral t distribution: of `(Z + δ) / √(V/ν)`, with Z normal and V chi-squared with ν
/// degrees of freedom. It is what a t statistic follows when there is a difference to be found.
public struct NoncentralT: Sendable, Hashable {
  /// The degrees of freedom ν, positive.
  public let degreesOfFreedom: Double
  /// The noncentrality δ.
  public let noncentrality: Double

  /// A distribution.
  ///
  /// - Throws: `StatisticsError.setting` for degrees of freedom that are not positive and finite, or a
  ///   noncentrality beyond 37, where the series below starts at zero.
  public init(degreesOfFreedom: Double, noncentrality: Double) throws(StatisticsError) {
    guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else {
      throw .setting(
        name: "degreesOfFreedom", value: "\(degreesOfFreedom)", range: "positive and finite")
    }
    guard abs(noncentrality) <= 37 else {
      throw .setting(name: "noncentrality", value: "\(noncentrality)", range: "from -37 to 37")
    }
    self.init(uncheckedDegreesOfFreedom: degreesOfFreedom, noncentrality: noncentrality)
  }

  init(uncheckedDegreesOfFreedom: Double, noncentrality: Double) {
    degreesOfFreedom = uncheckedDegreesOfFreedom
    self.noncentrality = noncentrality
  }

  /// The probability of a value of at most `t`.
  ///
  /// A Poisson mixture of incomplete beta functions (Lenth, "Algorithm AS 243", Applied Statistics
  /// 1989), summed until what is left cannot change the sixteenth digit.
  public func cumulative(_ t: Double) -> Double {
    guard t >= 0 else {
      let mirrored = NoncentralT(
        uncheckedDegreesOfFreedom: degreesOfFreedom, noncentrality: -noncentrality)
      return t.isNaN ? .nan : 1 - mirrored.cumulative(-t)
    }
    let below = NormalDistribution.cumulative(-noncentrality)
    guard t > 0 else { return below }
    let x = t * t / (t * t + degreesOfFreedom)
    let half = noncentrality * noncentrality / 2
    let b = degreesOfFreedom / 2
    var sum = 0.0
    // Weights of even and odd terms: exp(-δ²/2) (δ²/2)^j / j! and its half-integer twin.
    var even = exp(-half)
    var odd = noncentrality * exp(-half) / (Double.pi / 2).squareRoot()
    var remaining = 1.0
    for j in 0..<10_000 {
      let index = Double(j)
      let first = BetaDistribution(uncheckedAlpha: index + 0.5, beta: b).cumulative(x)
      let second = BetaDistribution(uncheckedAlpha: index + 1, beta: b).cumulative(x)
      sum += even * first + odd * second
      remaining -= even
      // Later terms have smaller beta functions and, together, what is left of the weights.
      if index > half, abs(remaining) * 2 * first < 1e-17 || even < 1e-300 { break }
      even *= half / (index + 1)
      odd *= half / (index + 1.5)
    }
    return min(1, max(0, below + sum / 2))
  }
}
