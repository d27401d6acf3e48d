import Statistics
import Testing

@Suite struct PairedTTestPowerTests {
  @Test("so many units are enough, and one less is not", arguments: [-0.3, 0.01, 0.8, 2, 50])
  func count(effect: Double) throws {
    let power = try PairedTTestPower()
    let count = try #require(power.count(effect: effect))
    #expect(power.power(effect: effect, count: count) >= 0.8)
    #expect(count == 2 || power.power(effect: effect, count: count - 1) < 0.8)
  }

  @Test("a strict test of two runs needs effects of hundreds of deviations", arguments: [2, 3, 12])
  func detectable(count: Int) throws {
    for level in [0.05, 0.0025, 1e-4] {
      let power = try PairedTTestPower(level: level)
      let effect = try #require(power.detectableEffect(count: count))
      #expect(abs(power.power(effect: effect, count: count) - 0.8) < 1e-10)
    }
  }

  @Test func withoutEffectThePowerIsTheLevel() throws {
    for level in [0.05, 0.001] {
      let power = try PairedTTestPower(level: level)
      for count in [2, 5, 1000] {
        #expect(isClose(power.power(effect: 0, count: count), level, relative: 1e-10))
      }
    }
  }

  @Test func atAndOutsideTheEnds() throws {
    let power = try PairedTTestPower()
    #expect(power.power(effect: 3, count: 1) == 0)
    #expect(power.power(effect: .infinity, count: 2) == 1)
    #expect(power.power(effect: .nan, count: 2).isNaN)
    #expect(power.detectableEffect(count: 1) == nil)
    #expect(power.detectableEffect(count: 5, power: 1) == nil)
    #expect(power.detectableEffect(count: 5, power: 0.05) == nil)
    #expect(power.count(effect: 0) == nil)
    #expect(power.count(effect: .nan) == nil)
    #expect(power.count(effect: 1e-7) == nil)
    #expect(power.count(effect: .infinity) == 2)
    for level in [0, 1, .nan] {
      #expect(throws: StatisticsError.self) { try PairedTTestPower(level: level) }
    }
  }
}
