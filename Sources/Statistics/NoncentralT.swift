import Foundation

/// The noncentral t distribution: of `(Z + δ) / S`, where Z is standard normal and S² is chi-squared
/// with ν degrees of freedom, divided by ν. A t statistic follows it when there is a difference to be
/// found.
public struct NoncentralT: Sendable, Hashable {
  /// The degrees of freedom ν, positive.
  public let degreesOfFreedom: Double
  /// The noncentrality δ, finite.
  public let noncentrality: Double

  /// A distribution.
  ///
  /// - Throws: `StatisticsError.setting` for degrees of freedom that are not positive and finite, or
  ///   a noncentrality that is not finite.
  public init(degreesOfFreedom: Double, noncentrality: Double) throws(StatisticsError) {
    guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else {
      throw .setting(
        name: "degreesOfFreedom", value: "\(degreesOfFreedom)", range: "positive and finite")
    }
    guard noncentrality.isFinite else {
      throw .setting(name: "noncentrality", value: "\(noncentrality)", range: "finite")
    }
    self.init(uncheckedDegreesOfFreedom: degreesOfFreedom, noncentrality: noncentrality)
  }

  /// For parameters that are known to be in range.
  init(uncheckedDegreesOfFreedom: Double, noncentrality: Double) {
    degreesOfFreedom = uncheckedDegreesOfFreedom
    self.noncentrality = noncentrality
  }

  /// The probability of a value of at most `t`; the error is below 1e-12 from 0.5 degrees of freedom
  /// on, for any noncentrality.
  ///
  /// Given S = s, the value is at most t when Z is at most `t s - δ`. So the probability is the mean
  /// of Φ(t s - δ) over the density of S, by quadrature over u = log s. All terms are positive, and
  /// there is no limit on δ; the series of AS 243 (Lenth, Applied Statistics 1989) starts at zero
  /// beyond |δ| = 37, which a test of two or three units at a strict level needs.
  public func cumulative(_ t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : t > 0 ? 1 : 0 }
    let ends = panelEnds(t)
    var (sum, weights) = (0.0, 0.0)
    for (low, high) in zip(ends, ends.dropFirst()) {
      let (centre, half) = ((low + high) / 2, (high - low) / 2)
      for node in GaussLegendre.nodes {
        let u = centre + half * node.place
        // The density of u, divided by its value at u = 0, where it is largest.
        let density = exp(degreesOfFreedom * (u - 0.5 * expm1(2 * u)))
        let weight = node.weight * half * density
        weights += weight
        sum += weight * NormalDistribution.cumulative(t * exp(u) - noncentrality)
      }
    }
    return min(1, sum / weights)
  }

  /// The ends of the panels, ascending: even steps over all u whose density matters (more than
  /// exp(-40) of the largest), and even steps of the normal's argument where Φ rises from 0 to 1.
  private func panelEnds(_ t: Double) -> [Double] {
    let root = degreesOfFreedom.squareRoot()
    let lowest = -(6.5 / root + 41 / degreesOfFreedom)
    let cut = 80 / degreesOfFreedom
    let highest = 0.5 * log1p(1.2 * cut + 2 * cut.squareRoot())
    let steps = min(4000, ((highest - lowest) / min(1, 1.5 / root)).rounded(.up))
    var ends = (0...Int(steps)).map { lowest + (highest - lowest) * Double($0) / steps }
    for argument in stride(from: -9.0, through: 9, by: 3) {
      let u = log((noncentrality + argument) / t)
      if u > lowest, u < highest { ends.append(u) }
    }
    return ends.sorted()
  }
}
