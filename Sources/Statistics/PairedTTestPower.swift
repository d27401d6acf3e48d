import Foundation

/// What a paired t test with so many units can see.
public struct PairedTTestPower: Sendable, Hashable {
  /// The significance level, such as 0.05; the test is two-sided.
  public let level: Double

  /// The power of tests at a level.
  ///
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public init(level: Double = 0.05) throws(StatisticsError) {
    guard level > 0, level < 1 else { throw .level(level) }
    self.level = level
  }

  /// The chance that the test finds a difference.
  ///
  /// - Parameters:
  ///   - effect: the true mean difference in standard deviations of the differences.
  ///   - count: the number of units; below 2 nothing can be found.
  public func power(effect: Double, count: Int) -> Double {
    guard count > 1, let central = try? StudentT(degreesOfFreedom: Double(count - 1)) else {
      return 0
    }
    let noncentrality = abs(effect) * Double(count).squareRoot()
    // Beyond this the chance differs from one by less than a double can show.
    guard noncentrality <= 37 else { return 1 }
    let critical = -central.quantile(level / 2)
    let distribution = NoncentralT(
      uncheckedDegreesOfFreedom: Double(count - 1), noncentrality: noncentrality)
    return 1 - distribution.cumulative(critical) + distribution.cumulative(-critical)
  }

  /// The least difference, in standard deviations of the differences, that is found with a chance of
  /// `power`; nil for fewer than two units, or where none within 37 standard errors is.
  public func detectableEffect(count: Int, power: Double = 0.8) -> Double? {
    guard count > 1, power > level, power < 1 else { return nil }
    var (low, high) = (0.0, 37 / Double(count).squareRoot())
    guard self.power(effect: high, count: count) >= power else { return nil }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if self.power(effect: middle, count: count) < power { low = middle } else { high = middle }
    }
    return high
  }

  /// The least number of units with which a difference is found with a chance of `power`; nil for no
  /// effect, or where a million units are not enough.
  public func count(effect: Double, power: Double = 0.8) -> Int? {
    guard effect != 0, power > level, power < 1 else { return nil }
    var high = 2
    while self.power(effect: effect, count: high) < power {
      high *= 2
      if high > 1 << 20 { return nil }
    }
    var low = high / 2
    while low + 1 < high {
      let middle = (low + high) / 2
      if self.power(effect: effect, count: middle) < power { low = middle } else { high = middle }
    }
    return max(2, high)
  }
}
