import Foundation

/// The beta distribution on [0, 1] with two positive shape parameters.
///
/// Its cumulative function is the regularised incomplete beta function, which also gives the exact
/// intervals of a binomial rate.
public struct BetaDistribution: Sendable, Hashable {
  /// The first shape parameter, the exponent of `x` plus one.
  public let alpha: Double
  /// The second shape parameter, the exponent of `1 - x` plus one.
  public let beta: Double

  /// A distribution with positive, finite shapes.
  ///
  /// - Throws: `StatisticsError.setting` for a shape that is not positive and finite.
  public init(alpha: Double, beta: Double) throws(StatisticsError) {
    for (name, value) in [("alpha", alpha), ("beta", beta)] where !(value > 0 && value.isFinite) {
      throw .setting(name: name, value: "\(value)", range: "positive and finite")
    }
    self.init(uncheckedAlpha: alpha, beta: beta)
  }

  /// For shapes that are known to be positive.
  init(uncheckedAlpha alpha: Double, beta: Double) {
    self.alpha = alpha
    self.beta = beta
  }

  private var mean: Double { alpha / (alpha + beta) }

  /// The density at `x`, zero outside [0, 1].
  public func density(_ x: Double) -> Double {
    guard x > 0, x < 1 else { return 0 }
    return scaledDensity(x) / (x * (1 - x))
  }

  /// The probability of a value of at most `x`.
  public func cumulative(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The continued fraction converges fast on this side of the mean, slowly on the other.
    if x <= (alpha + 1) / (alpha + beta + 2) {
      return scaledDensity(x) * continuedFraction(x) / alpha
    }
    return 1 - upperTail(x)
  }

  /// The probability of a value above `x`, without the rounding of one minus ``cumulative(_:)``.
  func upperTail(_ x: Double) -> Double {
    guard x > 0 else { return 1 }
    guard x < 1 else { return 0 }
    if x <= (alpha + 1) / (alpha + beta + 2) { return 1 - cumulative(x) }
    let mirrored = BetaDistribution(uncheckedAlpha: beta, beta: alpha)
    return scaledDensity(x) * mirrored.continuedFraction(1 - x) / beta
  }

  /// The value below which a share `probability` of the distribution lies.
  ///
  /// Newton's method inside a bracket that only shrinks, so that it cannot run away in the tails.
  ///
  /// - Parameter probability: from 0 to 1; anything else gives NaN.
  public func quantile(_ probability: Double) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    if probability == 0 || probability == 1 { return probability }
    var (low, high) = (0.0, 1.0)
    var x = mean
    for _ in 0..<1100 {
      let error = cumulative(x) - probability
      if error == 0 { break }
      if error > 0 { high = x } else { low = x }
      let density = density(x)
      var next = density > 0 ? x - error / density : .nan
      if !(next > low && next < high) { next = low + (high - low) / 2 }
      let step = abs(next - x)
      x = next
      if step <= 1e-16 * x || high - low <= .leastNormalMagnitude { break }
    }
    return x
  }

  /// `x^alpha * (1 - x)^beta / B(alpha, beta)`, in Loader's saddle-point form ("Fast and accurate
  /// computation of binomial probabilities", 2000): no difference of large logarithms of gamma
  /// functions, hence as accurate for a million trials as for ten.
  private func scaledDensity(_ x: Double) -> Double {
    let total = alpha + beta
    let deviance =
      alpha * Self.logarithmExcess((x - mean) / mean, ratio: x / mean)
      + beta * Self.logarithmExcess((mean - x) * total / beta, ratio: (1 - x) * total / beta)
    let correction =
      Self.stirlingRemainder(total) - Self.stirlingRemainder(alpha)
      - Self.stirlingRemainder(beta)
    let scale = (alpha / total * beta / (2 * Double.pi)).squareRoot()
    return scale * exp(deviance + correction)
  }

  /// `log(1 + u) - u` without cancellation; `ratio` is `1 + u` without rounding near u = -1.
  private static func logarithmExcess(_ u: Double, ratio: Double) -> Double {
    guard abs(u) < 0.3 else { return log(ratio) - u }
    // With v = u / (2 + u): log(1 + u) = 2 (v + v^3/3 + v^5/5 + ...), and u - 2v = u v.
    let v = u / (2 + u)
    let square = v * v
    var power = v
    var sum = 0.0
    var order = 3.0
    while order < 60 {
      power *= square
      let term = power / order
      sum += term
      if abs(term) <= 1e-17 * abs(sum) { break }
      order += 2
    }
    return 2 * sum - u * v
  }

  /// What Stirling's formula lacks of log gamma(x), for positive x.
  static func stirlingRemainder(_ x: Double) -> Double {
    var shifted = x
    var sum = 0.0
    while shifted < 10 {
      sum += (shifted + 0.5) * log1p(1 / shifted) - 1
      shifted += 1
    }
    let inverse = 1 / shifted
    let square = inverse * inverse
    let tail = 1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188 - square * 691.0 / 360360))
    return sum + inverse * (1.0 / 12 - square * (1.0 / 360 - square * tail))
  }

  /// The continued fraction DLMF 8.17.22, evaluated by the modified Lentz method.
  private func continuedFraction(_ x: Double) -> Double {
    let tiny = 1e-300
    func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    let total = alpha + beta
    var c = 1.0
    var d = 1 / guarded(1 - total * x / (alpha + 1))
    var result = d
    let limit = 200 + Int(min(20 * total.squareRoot(), 1e7))
    for step in 1...limit {
      let m = Double(step)
      let even = m * (beta - m) * x / ((alpha + 2 * m - 1) * (alpha + 2 * m))
      d = 1 / guarded(1 + even * d)
      c = guarded(1 + even / c)
      result *= d * c
      let odd = -(alpha + m) * (total + m) * x / ((alpha + 2 * m) * (alpha + 2 * m + 1))
      d = 1 / guarded(1 + odd * d)
      c = guarded(1 + odd / c)
      let change = d * c
      result *= change
      if abs(change - 1) <= 1e-16 { break }
    }
    return result
  }
}
