import Foundation
import Statistics
import Testing

@Suite("What comparisons must obey")
struct ComparisonLawTests {
  @Test("t with one degree of freedom is Cauchy's distribution")
  func cauchy() throws {
    let t = try StudentT(degreesOfFreedom: 1)
    for x in [-50.0, -1, -0.01, 0, 0.3, 1, 7] {
      #expect(abs(t.cumulative(x) - (0.5 + atan(x) / .pi)) < 1e-14)
    }
    #expect(abs(t.quantile(0.975) - tan(0.475 * .pi)) < 1e-10)
    #expect(throws: StatisticsError.self) { try StudentT(degreesOfFreedom: 0) }
  }

  @Test("without noncentrality the noncentral distribution is the central one")
  func central() throws {
    for df in [1.0, 3, 40] {
      let central = try StudentT(degreesOfFreedom: df)
      let noncentral = try NoncentralT(degreesOfFreedom: df, noncentrality: 0)
      for t in [-4.0, -0.2, 0, 1, 9] {
        #expect(abs(noncentral.cumulative(t) - central.cumulative(t)) < 1e-13)
      }
    }
    #expect(throws: StatisticsError.self) {
      try NoncentralT(degreesOfFreedom: 3, noncentrality: 38)
    }
  }

  @Test("n equal differences have the p value 2 / 2ⁿ", arguments: 1...12)
  func equalDifferences(count: Int) throws {
    var generator = SplitMix(state: 1)
    let comparison = try PairedComparison(
      (0..<count).map { Double($0) + 0.5 }, baseline: (0..<count).map { Double($0) })
    let test = comparison.permutationTest(using: &generator)
    #expect(abs(test.pValue - 2 / exp2(Double(count))) < 1e-15)
    #expect(test.smallestPossible == 2 / exp2(Double(count)))
  }

  @Test("three seeds cannot get a permutation test below a quarter")
  func threeSeeds() throws {
    var generator = SplitMix(state: 1)
    let comparison = try PairedComparison([0.1, 0.2, 0.31], baseline: [5, 6, 7])
    #expect(comparison.permutationTest(using: &generator).pValue == 0.25)
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
      #expect(abs(test.pValue - (try McNemar(first, second).exact)) < 1e-12)
    }
  }

  @Test("drawn sign patterns agree with all of them")
  func drawn() throws {
    var generator = SplitMix(state: 9)
    let values = (0..<20).map { _ in Double.random(in: -1...1.4, using: &generator) }
    let exact = try PairedComparison(values, baseline: .init(repeating: 0, count: 20))
      .permutationTest(using: &generator)
    // Two tiny differences more cross the limit of what is enumerated and change next to nothing.
    let more = try PairedComparison(
      values + [1e-9, -1e-9], baseline: .init(repeating: 0, count: 22)
    ).permutationTest(resamples: 200_000, using: &generator)
    #expect(exact.isExact && !more.isExact)
    #expect(abs(exact.pValue - more.pValue) < 0.005)
  }

  @Test func degenerateComparisons() throws {
    let single = try PairedComparison([1], baseline: [0])
    #expect(single.tTest == nil && single.cohensD == nil)
    #expect(try single.interval() == nil)
    let same = try PairedComparison([1, 2, 3], baseline: [1, 2, 3])
    #expect(same.tTest == 1 && same.cohensD == nil)
    let shifted = try PairedComparison([2, 3, 4], baseline: [1, 2, 3])
    #expect(shifted.tTest == 0)
    #expect(throws: StatisticsError.self) { try PairedComparison([1, 2], baseline: [1]) }
    #expect(throws: StatisticsError.self) { try PairedComparison([.nan], baseline: [1]) }
    #expect(throws: StatisticsError.self) { try WelchTest([1], [1, 2]) }
  }

  @Test("Holm by hand: 0.01·3, then 0.03·2, then what came before")
  func holm() {
    let found = MultipleComparisons.holm([0.01, 0.04, 0.03, .nan])
    #expect(zip(found, [0.03, 0.06, 0.06]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(found[3].isNaN)
  }

  @Test("one number a group is the plain bootstrap")
  func groups() throws {
    let values = [1.2, 0.4, 3.1, 8.8, 2.0]
    var first = SplitMix(state: 3)
    var second = SplitMix(state: 3)
    for method in Bootstrap.Method.allCases {
      let bootstrap = Bootstrap(method, resamples: 300)
      let plain = try bootstrap.mean(of: values, using: &first)
      let grouped = try bootstrap.mean(ofGroups: values.map { [$0] } + [[]], using: &second)
      #expect(abs(plain.low - grouped.low) < 1e-12 && abs(plain.high - grouped.high) < 1e-12)
    }
  }

  @Test("so many units are enough, and one less is not")
  func count() throws {
    let power = try PairedTTestPower()
    for effect in [0.3, 0.8, 2] {
      let count = try #require(power.count(effect: effect))
      #expect(power.power(effect: effect, count: count) >= 0.8)
      #expect(count == 2 || power.power(effect: effect, count: count - 1) < 0.8)
    }
    #expect(power.count(effect: 0) == nil)
    #expect(power.detectableEffect(count: 1) == nil)
  }
}
