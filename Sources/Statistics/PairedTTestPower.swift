/// What a two-sided paired t test of so many units can find (Cohen, "Statistical power analysis for
/// the behavioral sciences", 1988, section 2.3).
public struct PairedTTestPower: Sendable, Hashable {
  /// The significance level of the test, such as 0.05.
  public let level: Double

  private static let mostUnits = 1 << 30

  /// The power of tests at a significance level.
  ///
  /// - Throws: `StatisticsError.level` for a level outside (0, 1).
  public init(level: Double = 0.05) throws(StatisticsError) {
    guard level > 0, level < 1 else { throw .level(level) }
    self.level = level
  }

  /// The chance that the test is significant.
  ///
  /// - Parameters:
  ///   - effect: the true mean difference in standard deviations of the differences; its sign does
  ///     not matter, and NaN gives NaN.
  ///   - count: the number of units; below 2 nothing can be found.
  public func power(effect: Double, count: Int) -> Double {
    guard !effect.isNaN else { return .nan }
    guard count > 1 else { return 0 }
    let noncentrality = abs(effect) * Double(count).squareRoot()
    guard noncentrality.isFinite else { return 1 }
    let freedom = Double(count - 1)
    let critical = StudentT(uncheckedDegreesOfFreedom: freedom).quantile(level / 2)
    // T beyond -critical is -T below critical, which has the noncentrality's other sign.
    return [noncentrality, -noncentrality].reduce(0) { sum, noncentrality in
      sum
        + NoncentralT(uncheckedDegreesOfFreedom: freedom, noncentrality: noncentrality)
        .cumulative(critical)
    }
  }

  /// The least difference, in standard deviations of the differences, that is found with a chance of
  /// `power`.
  ///
  /// - Parameters:
  ///   - count: the number of units.
  ///   - power: the chance, above the level and below 1.
  /// - Returns: nil for fewer than two units or a chance that is out of range.
  public func detectableEffect(count: Int, power: Double = 0.8) -> Double? {
    guard count > 1, power > level, power < 1 else { return nil }
    var high = 1 / Double(count).squareRoot()
    while self.power(effect: high, count: count) < power {
      high *= 2
      guard high < 1e100 else { return nil }
    }
    var low = 0.0
    while high - low > 1e-13 * high {
      let middle = (low + high) / 2
      if self.power(effect: middle, count: count) < power { low = middle } else { high = middle }
    }
    return high
  }

  /// The least number of units with which a difference is found with a chance of `power`.
  ///
  /// - Parameters:
  ///   - effect: the true mean difference in standard deviations of the differences.
  ///   - power: the chance, above the level and below 1.
  /// - Returns: nil for no effect, a chance that is out of range, or where a billion units are not
  ///   enough.
  public func count(effect: Double, power: Double = 0.8) -> Int? {
    guard effect != 0, !effect.isNaN, power > level, power < 1 else { return nil }
    var high = 2
    while self.power(effect: effect, count: high) < power {
      guard high < Self.mostUnits else { return nil }
      high *= 2
    }
    var low = high / 2
    while high - low > 1 {
      let middle = (low + high) / 2
      if self.power(effect: effect, count: middle) < power { low = middle } else { high = middle }
    }
    return high
  }
}
