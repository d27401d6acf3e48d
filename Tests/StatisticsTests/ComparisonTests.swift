import Statistics
import Testing

@Suite("Comparisons against SciPy and statsmodels")
struct ComparisonTests {
  private let numbers: ReferenceNumbers

  init() throws { numbers = try ReferenceNumbers() }

  @Test func studentT() throws {
    for example in numbers.t {
      let found = try StudentT(degreesOfFreedom: example.df).cumulative(example.t)
      #expect(isClose(found, example.cdf, relative: 1e-11), "\(example), found \(found)")
    }
    for example in numbers.tQuantiles {
      let found = try StudentT(degreesOfFreedom: example.df).quantile(example.p)
      #expect(isClose(found, example.t, relative: 1e-10), "\(example), found \(found)")
    }
  }

  @Test func noncentralT() throws {
    for example in numbers.noncentral {
      let found = try NoncentralT(degreesOfFreedom: example.df, noncentrality: example.nc)
        .cumulative(example.t)
      #expect(abs(found - example.cdf) < 1e-11, "\(example), found \(found)")
    }
  }

  @Test func means() throws {
    var generator = SplitMix(state: 1)
    for example in numbers.means {
      let found = try MeanEstimate(of: example.x, level: example.level, using: &generator)
      #expect(found.method == .studentT)
      #expect(found.count == example.x.count)
      #expect(isClose(found.mean, example.mean, relative: 1e-14))
      #expect(isClose(try #require(found.standardDeviation), example.sd, relative: 1e-12))
      let interval = try #require(found.interval)
      #expect(isClose(interval.low, example.low, relative: 1e-10), "\(example)")
      #expect(isClose(interval.high, example.high, relative: 1e-10), "\(example)")
    }
  }

  @Test func pairedComparisons() throws {
    var generator = SplitMix(state: 1)
    for example in numbers.paired {
      let found = try PairedComparison(example.a, baseline: example.b)
      #expect(abs(found.difference - example.difference) < 1e-14)
      #expect(isClose(try #require(found.standardDeviation), example.sd, relative: 1e-12))
      #expect(isClose(try #require(found.tTest), example.p, relative: 1e-10))
      let interval = try #require(try found.interval())
      #expect(abs(interval.low - example.low) < 1e-12)
      #expect(abs(interval.high - example.high) < 1e-12)
      #expect(isClose(try #require(found.cohensD), example.d, relative: 1e-12))
      if let g = example.g {
        #expect(isClose(try #require(found.hedgesG), g, relative: 1e-12))
      } else {
        #expect(found.hedgesG == nil)
      }
      guard let exact = example.permutation else { continue }
      let permutation = found.permutationTest(using: &generator)
      #expect(permutation.isExact)
      #expect(abs(permutation.pValue - exact) < 1e-14, "\(example), found \(permutation)")
    }
  }

  @Test func welchTests() throws {
    for example in numbers.welch {
      let found = try WelchTest(example.a, example.b)
      #expect(isClose(try #require(found.pValue), example.p, relative: 1e-10))
      #expect(isClose(found.degreesOfFreedom, example.df, relative: 1e-12))
      let interval = try #require(try found.interval())
      #expect(abs(interval.low - example.low) < 1e-12 * abs(example.low) + 1e-13)
      #expect(abs(interval.high - example.high) < 1e-12 * abs(example.high) + 1e-13)
    }
  }

  @Test func mcNemar() throws {
    for example in numbers.mcnemar {
      let found = try McNemar(onlyFirst: example.b, onlySecond: example.c)
      #expect(isClose(found.exact, example.exact, relative: 1e-9), "\(example)")
      #expect(isClose(found.midP, example.mid, relative: 1e-9), "\(example)")
      for (isCorrected, expected) in [(true, example.corrected), (false, example.plain)] {
        guard let expected else { continue }
        let test = found.chiSquared(continuityCorrection: isCorrected)
        #expect(isClose(test.statistic, expected[0], relative: 1e-12))
        #expect(isClose(test.pValue, expected[1], relative: 1e-10))
      }
    }
  }

  @Test func multipleComparisons() {
    for example in numbers.multiple {
      for (found, expected) in zip(MultipleComparisons.holm(example.p), example.holm) {
        #expect(isClose(found, expected, relative: 1e-14))
      }
      for (found, expected) in zip(MultipleComparisons.benjaminiHochberg(example.p), example.bh) {
        #expect(isClose(found, expected, relative: 1e-14))
      }
    }
  }

  @Test func power() throws {
    for example in numbers.power {
      let found = try PairedTTestPower(level: example.alpha)
        .power(effect: example.effect, count: example.n)
      #expect(abs(found - example.power) < 1e-10, "\(example), found \(found)")
    }
    let power = try PairedTTestPower()
    for example in numbers.detectable {
      let found = power.detectableEffect(count: example.n, power: example.target)
      #expect(isClose(try #require(found), example.effect, relative: 1e-9), "\(example)")
    }
    for example in numbers.counts {
      #expect(power.count(effect: example.effect, power: example.target) == example.n)
    }
  }
}
