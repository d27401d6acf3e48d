import Foundation

/// Student's t distribution (Gosset, Biometrika 1908).
public struct StudentT: Sendable, Hashable {
  /// The degrees of freedom, positive; whole numbers are not needed.
  public let degreesOfFreedom: Double

  /// A distribution.
  ///
  /// - Throws: `StatisticsError.setting` for degrees of freedom that are not positive and finite.
  public init(degreesOfFreedom: Double) throws(StatisticsError) {
    guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else {
      throw .setting(
        name: "degreesOfFreedom", value: "\(degreesOfFreedom)", range: "positive and finite")
    }
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value of at most `t`, with small relative error in both tails.
  public func cumulative(_ t: Double) -> Double {
    guard !t.isNaN else { return .nan }
    let tail = 0.5 * tails(beyond: abs(t))
    return t > 0 ? 1 - tail : tail
  }

  /// The probability of a value at least as far from zero as `t`.
  public func tails(beyond t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    // With x = df / (df + t²) the two tails are I_x(df/2, 1/2) (DLMF 8.17).
    let square = t * t
    let x = degreesOfFreedom / (degreesOfFreedom + square)
    // Near the centre the tails lose their digits; the complement there has them all.
    if isCentral(x) {
      let mirrored = BetaDistribution(uncheckedAlpha: 0.5, beta: degreesOfFreedom / 2)
      return 1 - mirrored.cumulative(square / (degreesOfFreedom + square))
    }
    return BetaDistribution(uncheckedAlpha: degreesOfFreedom / 2, beta: 0.5).cumulative(x)
  }

  /// The value below which a share `probability` of the distribution lies.
  ///
  /// - Parameter probability: from 0 to 1; the ends give infinities, all else outside gives NaN.
  public func quantile(_ probability: Double) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    if probability == 0 { return -.infinity }
    if probability == 1 { return .infinity }
    if probability > 0.5 { return -quantile(1 - probability) }
    if probability == 0.5 { return 0 }
    let x = BetaDistribution(uncheckedAlpha: degreesOfFreedom / 2, beta: 0.5)
      .quantile(2 * probability)
    if isCentral(x) {
      let y = BetaDistribution(uncheckedAlpha: 0.5, beta: degreesOfFreedom / 2)
        .quantile(1 - 2 * probability)
      return -(degreesOfFreedom * y / (1 - y)).squareRoot()
    }
    return -(degreesOfFreedom * (1 - x) / x).squareRoot()
  }

  /// Whether the incomplete beta function at x is computed from its complement.
  private func isCentral(_ x: Double) -> Bool {
    x > (degreesOfFreedom + 2) / (degreesOfFreedom + 5)
  }
}
