import Foundation
import Statistics
import Testing

@Suite("What comparisons must obey")
struct ComparisonLawTests {
  @Test("n equal differences have the p value 2 / 2ⁿ, whatever the rounding", arguments: 1...24)
  func equalDifferences(count: Int) throws {
    var generator = SplitMix(state: 1)
    let baseline = (0..<count).map { Double($0) / 10 }
    let comparison = try PairedComparison(baseline.map { $0 + 0.1 }, baseline: baseline)
    let test = comparison.permutationTest(using: &generator)
    #expect(test.isExact)
    #expect(isClose(test.pValue, 2 / exp2(Double(count)), relative: 1e-12))
    #expect(test.smallestPossible == 2 / exp2(Double(count)))
  }

  @Test("three seeds cannot get a permutation test below a quarter")
  func threeSeeds() throws {
    var generator = SplitMix(state: 1)
    let comparison = try PairedComparison([0.1, 0.2, 0.31], baseline: [5, 6, 7])
    let test = comparison.permutationTest(using: &generator)
    #expect(test.isExact && test.pValue == 0.25 && test.smallestPossible == 0.25)
    #expect(try #require(comparison.tTest) < 0.01)
  }

  @Test("of outcomes that are right or wrong it is McNemar's exact test, however many there are")
  func outcomes() throws {
    var generator = SplitMix(state: 4)
    for count in [30, 1000, 10_000] {
      let first = (0..<count).map { _ in Bool.random(using: &generator) }
      let second = first.map { Int.random(in: 0..<10, using: &generator) == 0 ? !$0 : $0 }
      let comparison = try PairedComparison(
        first.map { $0 ? 1 : 0 }, baseline: second.map { $0 ? 1 : 0 })
      let test = comparison.permutationTest(using: &generator)
      #expect(test.isExact)
      #expect(test.pValue == (try McNemar(first, second).exact))
    }
  }

  @Test("the two halves count what trying every sign pattern counts", arguments: [2, 5, 9, 12])
  func enumeration(count: Int) throws {
    var generator = SplitMix(state: UInt64(count))
    // Whole numbers, so that many sums are tied.
    let values = (0..<count).map { _ in Double(Int.random(in: -4...6, using: &generator)) }
    let observed = abs(values.reduce(0, +))
    let hits = (0..<(1 << count)).count { pattern in
      let sum = values.indices.reduce(0) { $0 + (pattern >> $1 & 1 == 0 ? 1 : -1) * values[$1] }
      return abs(sum) >= observed
    }
    let test = try PairedComparison(values, baseline: .init(repeating: 0, count: count))
      .permutationTest(using: &generator)
    #expect(test.isExact && test.pValue == Double(hits) / exp2(Double(count)))
  }

  @Test("what is drawn counts as sign by sign does", arguments: [21, 64, 100, 131])
  func drawn(count: Int) throws {
    var source = SplitMix(state: UInt64(count))
    let values = (0..<count).map { _ in
      Double((Int.random(in: -8...10, using: &source) + 21) % 23 - 9)
    }.map { $0 == 0 ? 1 : $0 }
    var (generator, twin) = (SplitMix(state: 7), SplitMix(state: 7))
    let test = try PairedComparison(values, baseline: .init(repeating: 0, count: count))
      .permutationTest(resamples: 2000, using: &generator)
    let hits = (0..<2000).count { _ in
      let words = (0..<(count + 63) / 64).map { _ in twin.next() }
      let sum = values.indices.reduce(0.0) { sum, index in
        words[index / 64] >> UInt64(index % 64) & 1 == 0 ? sum + values[index] : sum - values[index]
      }
      return abs(sum) >= abs(values.reduce(0, +))
    }
    #expect(!test.isExact && test.pValue == Double(hits + 1) / 2001 && hits > 0)
  }

  @Test("ties count although decimal fractions are rounded")
  func roundedTies() throws {
    var generator = SplitMix(state: 1)
    let whole = try PairedComparison([3, 1, 2, 5, 4], baseline: [2, 3, 2, 1, 2])
    let tenths = try PairedComparison(
      [0.3, 0.1, 0.2, 0.5, 0.4], baseline: [0.2, 0.3, 0.2, 0.1, 0.2])
    #expect(
      whole.permutationTest(using: &generator).pValue
        == tenths.permutationTest(using: &generator).pValue)
  }

  @Test("drawn sign patterns agree with all of them, and are never impossible")
  func drawn() throws {
    var generator = SplitMix(state: 9)
    let values = (0..<20).map { _ in Double.random(in: -1...1.4, using: &generator) }
    let zeros = [Double](repeating: 0, count: 5)
    let exact = try PairedComparison(values + zeros, baseline: .init(repeating: 0, count: 25))
      .permutationTest(using: &generator)
    // Two tiny differences more cross the limit of what is enumerated and change next to nothing.
    let more = try PairedComparison(
      values + [1e-9, -1e-9], baseline: .init(repeating: 0, count: 22)
    ).permutationTest(resamples: 50_000, using: &generator)
    #expect(exact.isExact && !more.isExact)
    #expect(abs(exact.pValue - more.pValue) < 0.01)
    let clear = try PairedComparison(
      (1...40).map { Double($0) + 100 }, baseline: .init(repeating: 0, count: 40)
    ).permutationTest(resamples: 999, using: &generator)
    #expect(clear.pValue == 0.001 && clear.smallestPossible == 0.001)
  }

  @Test func degenerateComparisons() throws {
    var generator = SplitMix(state: 1)
    let single = try PairedComparison([1], baseline: [0])
    #expect(single.tTest == nil && single.cohensD == nil && single.hedgesG == nil)
    #expect(try single.interval() == nil)
    #expect(single.permutationTest(using: &generator).pValue == 1)
    let same = try PairedComparison([0.1, 0.2, 0.3], baseline: [0.1, 0.2, 0.3])
    #expect(same.tTest == 1 && same.cohensD == nil)
    let unmoved = same.permutationTest(using: &generator)
    #expect(unmoved.isExact && unmoved.pValue == 1 && unmoved.smallestPossible == 1)
    // The differences 0.1, 0.1 and 0.1 are not bitwise equal.
    let shifted = try PairedComparison([0.3, 0.4, 0.9], baseline: [0.2, 0.3, 0.8])
    #expect(shifted.tTest == nil && shifted.cohensD == nil && shifted.standardDeviation == 0)
    #expect(try shifted.interval() == nil && same.interval()?.low == 0)
    // Three equal differences: no less than 2 / 2^3 by signs alone.
    #expect(isClose(shifted.permutationTest(using: &generator).pValue, 0.25, relative: 1e-12))
    #expect(throws: StatisticsError.self) { try PairedComparison([1, 2], baseline: [1]) }
    #expect(throws: StatisticsError.self) { try PairedComparison([.nan], baseline: [1]) }
    #expect(throws: StatisticsError.self) { try PairedComparison([], baseline: []) }
    #expect(throws: StatisticsError.self) {
      try PairedComparison([1e200, -1e200], baseline: [0, 0])
    }
    #expect(throws: StatisticsError.level(1)) { try single.interval(level: 1) }
  }

  @Test func theBootstrapOfDifferencesIsThatOfTheirMean() throws {
    let (a, b) = ([3.0, 5, 4, 7], [1.0, 1, 2, 2])
    var first = SplitMix(state: 2)
    var second = SplitMix(state: 2)
    let bootstrap = Bootstrap(.percentile, resamples: 100)
    #expect(
      try PairedComparison(a, baseline: b).bootstrapInterval(bootstrap, using: &first)
        == bootstrap.mean(of: [2, 4, 2, 5], using: &second))
  }

  @Test func welchOfUnitsThatDoNotVary() throws {
    let equal = try WelchTest([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])
    #expect(equal.pValue == 1 && equal.degreesOfFreedom == 4)
    let apart = try WelchTest([2, 2], [1, 1, 1])
    #expect(apart.difference == 1 && apart.pValue == nil)
    #expect(try apart.interval() == nil && equal.interval()?.high == 0)
    // Squares of such variances are below the least double.
    let tiny = try WelchTest([1e-100, 2e-100, 3e-100], [2e-100, 6e-100])
    let scaled = try WelchTest([1, 2, 3], [2, 6])
    #expect(isClose(tiny.degreesOfFreedom, scaled.degreesOfFreedom, relative: 1e-12))
    #expect(isClose(try #require(tiny.pValue), try #require(scaled.pValue), relative: 1e-12))
    #expect(throws: StatisticsError.tooFew(list: "the first", count: 1, least: 2)) {
      try WelchTest([1], [1, 2])
    }
    #expect(throws: StatisticsError.self) { try WelchTest([1, .nan], [1, 2]) }
    #expect(throws: StatisticsError.level(0)) { try scaled.interval(level: 0) }
  }

  @Test func mcNemarByHand() throws {
    #expect(isClose(try McNemar(onlyFirst: 0, onlySecond: 5).exact, 0.0625, relative: 1e-14))
    #expect(try McNemar(onlyFirst: 0, onlySecond: 0).midP == 1)
    let even = try McNemar([true, false, true], [false, true, true])
    #expect(even.onlyFirst == 1 && even.onlySecond == 1 && even.exact == 1)
    #expect(isClose(even.midP, 0.75, relative: 1e-14))
    // Edwards's correction moves the statistic to zero, not past it.
    #expect(even.chiSquared() == (0, 1))
    let huge = try McNemar(onlyFirst: 1 << 50, onlySecond: 1 << 50)
    #expect(huge.exact == 1)
    for count in [-1, Int.max] {
      #expect(throws: StatisticsError.self) { try McNemar(onlyFirst: count, onlySecond: 0) }
    }
    #expect(throws: StatisticsError.self) { try McNemar([true], []) }
  }

  @Test("Holm by hand: 0.01·3, then 0.03·2, then what came before")
  func holm() {
    let found = MultipleComparisons.holm([0.01, 0.04, 0.03, .nan])
    #expect(zip(found, [0.03, 0.06, 0.06]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(found[3].isNaN)
    #expect(MultipleComparisons.holm([]) == [])
    let rates = MultipleComparisons.benjaminiHochberg([.nan, 0.04, 0.01, 0.03])
    #expect(rates[0].isNaN)
    #expect(zip(rates.dropFirst(), [0.04, 0.03, 0.04]).allSatisfy { abs($0 - $1) < 1e-15 })
  }
}
