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
    self.init(uncheckedDegreesOfFreedom: degreesOfFreedom)
  }

  /// For degrees of freedom that are known to be positive.
  init(uncheckedDegreesOfFreedom: Double) {
    degreesOfFreedom = uncheckedDegreesOfFreedom
  }

  /// The probability of a value of at most `t`, with a small relative error in the lower tail.
  ///
  /// The upper tail is `cumulative(-t)`.
  public func cumulative(_ t: Double) -> Double {
    guard !t.isNaN else { return .nan }
    let tail = 0.5 * tails(beyond: t)
    return t > 0 ? 1 - tail : tail
  }

  /// The probability of a value at least as far from zero as `t`: a two-sided p value.
  public func tails(beyond t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    let ratio = abs(t) / degreesOfFreedom.squareRoot()
    if ratio >= Self.farRatio { return farTails(ratio) }
    if degreesOfFreedom > Self.manyDegrees {
      return 2 * NormalDistribution.cumulative(-score(ratio))
    }
    // With y = t² / (df + t²) the tails are above y for a beta distribution (DLMF 8.17), and with
    // 1 - y below it for the mirrored one: the smaller of the two keeps the digits of t.
    let square = ratio * ratio
    return square < 1
      ? centralBeta.upperTail(square / (1 + square)) : tailBeta.cumulative(1 / (1 + square))
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
    return -degreesOfFreedom.squareRoot() * upperRatio(tails: 2 * probability)
  }

  /// The value beyond which both tails hold so much, divided by √df.
  private func upperRatio(tails: Double) -> Double {
    let far = farRatio(tails: tails)
    if far >= Self.farRatio { return far }
    if degreesOfFreedom > Self.manyDegrees { return ratio(tails: tails) }
    if tails > 0.5 {
      let y = centralBeta.quantile(1 - tails)
      return (y / (1 - y)).squareRoot()
    }
    let x = tailBeta.quantile(tails)
    var ratio = ((1 - x) / x).squareRoot()
    // For x near 1 the difference has lost digits; Newton's method restores them.
    for _ in 0..<2 where x > 0.5 {
      ratio += (self.tails(beyond: ratio * degreesOfFreedom.squareRoot()) - tails) / density(ratio)
    }
    return ratio
  }

  /// The density of |t| / √df.
  private func density(_ ratio: Double) -> Double {
    let scale = 1 + ratio * ratio
    // The derivative of y = r² / (1 + r²) is 2 r / (1 + r²)².
    return centralBeta.density(ratio * ratio / scale) * 2 * ratio / (scale * scale)
  }

  private var centralBeta: BetaDistribution {
    BetaDistribution(uncheckedAlpha: 0.5, beta: degreesOfFreedom / 2)
  }

  private var tailBeta: BetaDistribution {
    BetaDistribution(uncheckedAlpha: degreesOfFreedom / 2, beta: 0.5)
  }

  /// From so many degrees of freedom on, Hill's expansion is closer than the incomplete beta function.
  private static let manyDegrees = 1e5

  /// The normal score with the same tails as t = r √df (Hill, Communications of the ACM 1970,
  /// algorithm 395), with the first term of its correction; the next is below 1e-20 z⁷.
  private func score(_ ratio: Double) -> Double {
    let a = degreesOfFreedom - 0.5
    let z = (a * log1p(ratio * ratio)).squareRoot()
    return z + (z * z * z + 3 * z) / (48 * a * a)
  }

  /// The inverse of ``score(_:)``.
  private func ratio(tails: Double) -> Double {
    let a = degreesOfFreedom - 0.5
    let score = -NormalDistribution.quantile(tails / 2)
    let z = score - (score * score * score + 3 * score) / (48 * a * a)
    return expm1(z * z / a).squareRoot()
  }

  /// From this many times √df on, the first term of the tail's expansion is exact in a double, and
  /// soon x underflows.
  private static let farRatio = 1e9

  /// `2 r^-df / (df B(df/2, 1/2))`.
  private func farTails(_ ratio: Double) -> Double {
    exp(logarithmOfFarScale - degreesOfFreedom * log(ratio))
  }

  private func farRatio(tails: Double) -> Double {
    exp((logarithmOfFarScale - log(tails)) / degreesOfFreedom)
  }

  private var logarithmOfFarScale: Double {
    let half = degreesOfFreedom / 2
    let logarithmOfBeta = lgamma(half) + lgamma(0.5) - lgamma(half + 0.5)
    return log(2.0) - log(degreesOfFreedom) - logarithmOfBeta
  }
}
