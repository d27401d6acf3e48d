import Foundation

/// What a step of a mechanism tells of one example at most, which takes part with a probability and whose part in
/// a sum is hidden by Gaussian noise: the accountant of DP-SGD.
///
/// Neighbouring data differ by one example that is there or not. The Rényi divergence of an order α is
/// `ln A_α / (α - 1)` with A_α of Mironov, Talwar and Zhang ("Rényi differential privacy of the sampled Gaussian
/// mechanism", arXiv 1908.10530, 2019, section 3.3); that of several steps is their sum.
public struct SampledGaussian: Sendable, Equatable {
  /// The probability with which an example takes part, q, in [0, 1].
  public let rate: Double
  /// The deviation of the noise over the largest part of an example, σ, at least 0.
  public let noise: Double

  /// A mechanism.
  public init(rate: Double, noise: Double) {
    self.rate = rate
    self.noise = noise
  }

  /// The orders that are tried: 1.1 to 10.9 in tenths, 11 to 63, and some powers of two.
  public static let orders: [Double] = {
    let tenths = (1...99).map { 1 + Double($0) / 10 }
    let whole = (11...63).map { Double($0) }
    return tenths + whole + [128, 256, 512, 1024]
  }()

  /// The ε of so many steps at a δ, and the order that it comes from: the least over ``orders`` of
  /// `R + ln((α - 1) / α) - (ln δ + ln α) / (α - 1)` for a divergence R (Balle et al., AISTATS 2020, theorem 21;
  /// Canonne, Kamath and Steinke, NeurIPS 2020, proposition 12), and at least 0.
  ///
  /// - Parameters:
  ///   - steps: at least 0.
  ///   - delta: above 0 and below 1.
  ///   - orders: those that are tried, above 1.
  public func epsilon(
    steps: Int, delta: Double, orders: [Double] = SampledGaussian.orders
  ) -> (epsilon: Double, order: Double) {
    guard steps > 0, rate > 0 else { return (0, orders.first ?? 2) }
    let candidates = orders.map { order in
      let divergence = divergence(order: order) * Double(steps)
      let epsilon =
        divergence + log1p(-1 / order) - (log(delta) + log(order)) / (order - 1)
      return (epsilon: max(0, epsilon), order: order)
    }
    return candidates.min { $0.epsilon < $1.epsilon } ?? (.infinity, orders.first ?? 2)
  }

  /// The Rényi divergence of one step, of an order above 1; infinite without noise.
  public func divergence(order: Double) -> Double {
    guard rate > 0 else { return 0 }
    guard noise > 0 else { return .infinity }
    guard rate < 1 else { return order / (2 * noise * noise) }
    let logarithm = order == order.rounded() ? wholeMoment(Int(order)) : moment(order)
    return logarithm / (order - 1)
  }

  /// `ln A_α` of a whole order: `A_α = Σ_k C(α, k) (1 - q)^(α - k) q^k exp((k² - k) / (2 σ²))`.
  private func wholeMoment(_ order: Int) -> Double {
    let alpha = Double(order)
    return LogSum.of(
      (0...order).map { k in
        let k = Double(k)
        let choices = lgamma(alpha + 1) - lgamma(k + 1) - lgamma(alpha - k + 1)
        let chance = (alpha - k) * log1p(-rate) + k * log(rate)
        return choices + chance + (k * k - k) / (2 * noise * noise)
      })
  }

  /// `ln A_α` of any order, from the integral itself: the mean over `z ~ N(0, σ²)` of
  /// `(1 - q + q exp((2 z - 1) / (2 σ²)))^α`.
  ///
  /// Of a function that is smooth and falls off on both sides the trapezoidal rule is exact to rounding with steps
  /// of a quarter of its width. The series of the paper falls as slowly as a power for orders between whole ones.
  private func moment(_ alpha: Double) -> Double {
    let variance = 2 * noise * noise
    let step = min(noise, noise * noise) / 4
    let (low, high) = (-12 * noise, alpha + 12 * noise)
    var (excess, logarithms) = (0.0, LogSum())
    for index in 0...Int(((high - low) / step).rounded(.up)) {
      let z = low + Double(index) * step
      let weight = log(step) - z * z / variance - 0.5 * log(Double.pi * variance)
      let exponent = (2 * z - 1) / variance
      // ln(1 - q + q e^t), by its larger part.
      let ratio =
        exponent < 1
        ? log1p(rate * expm1(exponent))
        : exponent + log(rate) + log1p((1 - rate) / rate * exp(-exponent))
      let power = alpha * ratio
      // A is 1 and a little: of that little alone the digits are kept.
      excess += power < 30 ? exp(weight) * expm1(power) : exp(weight + power) - exp(weight)
      logarithms.add(weight + power)
    }
    return excess.isFinite ? log1p(max(0, excess)) : logarithms.value
  }
}

/// The logarithm of a sum of numbers that are known by their logarithms.
private struct LogSum {
  private(set) var value = -Double.infinity

  mutating func add(_ logarithm: Double) {
    guard logarithm > -.infinity else { return }
    let (large, small) = (max(value, logarithm), min(value, logarithm))
    value = large + log1p(exp(small - large))
  }

  static func of(_ logarithms: [Double]) -> Double {
    var sum = LogSum()
    for logarithm in logarithms { sum.add(logarithm) }
    return sum.value
  }
}
