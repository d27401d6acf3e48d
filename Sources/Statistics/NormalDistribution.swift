import Foundation

/// The standard normal distribution.
public enum NormalDistribution {
  /// The density at `z`.
  public static func density(_ z: Double) -> Double {
    exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
  }

  /// The probability of a value of at most `z`; relative error near machine precision in both tails.
  public static func cumulative(_ z: Double) -> Double {
    0.5 * erfc(-z * 0.5.squareRoot())
  }

  /// The value below which a share `probability` of the distribution lies.
  ///
  /// A rational first guess (Abramowitz and Stegun, 26.2.23) is refined by Halley's method until it
  /// stands still.
  ///
  /// - Parameter probability: from 0 to 1; the ends give infinities, all else outside gives NaN.
  public static func quantile(_ probability: Double) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    if probability == 0 { return -.infinity }
    if probability == 1 { return .infinity }
    // The lower half keeps its relative precision; 1 - p is exact for p in [0.5, 1].
    if probability > 0.5 { return -quantile(1 - probability) }
    var z = -upperGuess(probability)
    for _ in 0..<8 {
      let density = density(z)
      guard density > 0 else { break }
      let error = (cumulative(z) - probability) / density
      let step = error / (1 + 0.5 * z * error)
      z -= step
      if abs(step) <= 1e-15 * max(1, abs(z)) { break }
    }
    return z
  }

  private static func upperGuess(_ tail: Double) -> Double {
    let t = (-2 * log(tail)).squareRoot()
    let numerator = 2.515517 + t * (0.802853 + t * 0.010328)
    let denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    return t - numerator / denominator
  }
}
