import Statistics
import Testing
import Torch

@testable import Inversion

@Suite("Means over people")
struct IdentityMeanTests {
  private func mean(_ values: [Double], within range: ClosedRange<Double>? = 0...1) throws
    -> IdentityMean
  {
    var stream = RandomStream(seed: 1, purpose: "people", index: 0)
    return try IdentityMean(
      values.enumerated().map { (identity: $0.offset / 2, value: $0.element) }, within: range,
      Bootstrap(resamples: 500), using: &stream)
  }

  @Test("where all people are alike the interval is Clopper and Pearson's over people, not a point")
  func ends() throws {
    // Twenty people with two trials each: 0.025^(1/20).
    let all = try mean(Array(repeating: 1, count: 40))
    #expect(all.value == 1 && all.interval.high == 1)
    #expect(abs(all.interval.low - 0.831567) < 1e-6)
    let none = try mean(Array(repeating: 0, count: 40))
    #expect(none.value == 0 && none.interval.low == 0)
    #expect(abs(none.interval.high - 0.168433) < 1e-6)
    var stream = RandomStream(seed: 1, purpose: "lift", index: 0)
    let lift = try all.lift(over: none, Bootstrap(resamples: 500), using: &stream)
    #expect(lift.value == 1 && lift.interval.high == 1)
    #expect(abs(lift.interval.low - (2 * 0.831567 - 1)) < 1e-5)
  }

  @Test("elsewhere people are drawn, and where there is no range nothing is made up")
  func middle() throws {
    let some = try mean((0..<40).map { $0 < 38 ? 1 : 0 })
    #expect(some.value == 0.95 && some.interval.low < 0.95 && some.interval.high <= 1)
    let halves = try mean((0..<40).map { $0.isMultiple(of: 2) ? 1 : 0 })
    #expect(halves.interval.low == 0.5 && halves.interval.high == 0.5)
    let distances = try mean(Array(repeating: 1, count: 40), within: nil)
    #expect(distances.interval.low == 1 && distances.interval.high == 1)
  }
}
