import Foundation
import Statistics
import Testing

/// Every number is SciPy's or statsmodels': Scripts/fixtures/statistics_tests.py writes them.
@Suite("Comparisons against SciPy and statsmodels")
struct ComparisonTests {
  struct Fixture: Decodable {
    struct T: Decodable { var df, t, cdf: Double }
    struct Quantile: Decodable { var df, p, t: Double }
    struct Noncentral: Decodable { var df, nc, t, cdf: Double }
    struct Mean: Decodable {
      var x: [Double]
      var mean, sd, low, high: Double
    }
    struct Paired: Decodable {
      var a, b: [Double]
      var p, low, high, d: Double
      var g, permutation: Double?
    }
    struct Welch: Decodable {
      var a, b: [Double]
      var p, df, low, high: Double
    }
    struct McNemarCase: Decodable {
      var b, c: Int
      var exact: Double
      var mid: Double?
      var corrected, plain: [Double]?
    }
    struct Multiple: Decodable { var p, holm, bh: [Double] }
    struct Power: Decodable {
      var n: Int
      var alpha, effect, power: Double
    }
    struct Detectable: Decodable {
      var n: Int
      var target, effect: Double
    }

    var t: [T]
    var tQuantiles: [Quantile]
    var noncentral: [Noncentral]
    var means: [Mean]
    var paired: [Paired]
    var welch: [Welch]
    var mcnemar: [McNemarCase]
    var multiple: [Multiple]
    var power: [Power]
    var detectable: [Detectable]
  }

  private let fixture: Fixture

  init() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/statistics/tests.json")
    fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  @Test func studentT() throws {
    for example in fixture.t {
      let found = try StudentT(degreesOfFreedom: example.df).cumulative(example.t)
      #expect(isClose(found, example.cdf, relative: 1e-10), "\(example)")
    }
    for example in fixture.tQuantiles {
      let found = try StudentT(degreesOfFreedom: example.df).quantile(example.p)
      #expect(abs(found - example.t) <= 1e-9 * max(1, abs(example.t)), "\(example)")
    }
  }

  @Test func noncentralT() throws {
    for example in fixture.noncentral {
      let found = try NoncentralT(degreesOfFreedom: example.df, noncentrality: example.nc)
        .cumulative(example.t)
      #expect(abs(found - example.cdf) < 1e-9, "\(example), found \(found)")
    }
  }

  @Test func means() throws {
    var generator = SplitMix(state: 1)
    for example in fixture.means {
      let found = try MeanEstimate(of: example.x, using: &generator)
      #expect(found.method == .studentT)
      #expect(abs(found.mean - example.mean) < 1e-12)
      #expect(abs((found.standardDeviation ?? 0) - example.sd) < 1e-12)
      #expect(abs((found.interval?.low ?? 0) - example.low) < 1e-9)
      #expect(abs((found.interval?.high ?? 0) - example.high) < 1e-9)
    }
  }

  @Test func pairedComparisons() throws {
    var generator = SplitMix(state: 1)
    for example in fixture.paired {
      let found = try PairedComparison(example.a, baseline: example.b)
      #expect(abs((found.tTest ?? .nan) - example.p) < 1e-9)
      let interval = try found.interval()
      #expect(abs((interval?.low ?? .nan) - example.low) < 1e-9)
      #expect(abs((interval?.high ?? .nan) - example.high) < 1e-9)
      #expect(abs((found.cohensD ?? .nan) - example.d) < 1e-9)
      if let g = example.g { #expect(abs((found.hedgesG ?? .nan) - g) < 1e-9) }
      guard let exact = example.permutation else { continue }
      let permutation = found.permutationTest(using: &generator)
      #expect(permutation.isExact)
      #expect(abs(permutation.pValue - exact) < 1e-12, "\(example.a)")
    }
  }

  @Test func welchTests() throws {
    for example in fixture.welch {
      let found = try WelchTest(example.a, example.b)
      #expect(abs(found.pValue - example.p) < 1e-9)
      #expect(abs(found.degreesOfFreedom - example.df) < 1e-9)
      #expect(abs(try found.interval().low - example.low) < 1e-9)
      #expect(abs(try found.interval().high - example.high) < 1e-9)
    }
  }

  @Test func mcNemar() throws {
    for example in fixture.mcnemar {
      let found = try McNemar(onlyFirst: example.b, onlySecond: example.c)
      #expect(abs(found.exact - example.exact) < 1e-10, "\(example)")
      if let mid = example.mid { #expect(abs(found.midP - mid) < 1e-10, "\(example)") }
      for (isCorrected, expected) in [(true, example.corrected), (false, example.plain)] {
        guard let expected else { continue }
        let test = found.chiSquared(continuityCorrection: isCorrected)
        #expect(abs(test.statistic - expected[0]) < 1e-10)
        #expect(abs(test.pValue - expected[1]) < 1e-10)
      }
    }
  }

  @Test func multipleComparisons() {
    for example in fixture.multiple {
      for (found, expected) in zip(MultipleComparisons.holm(example.p), example.holm) {
        #expect(abs(found - expected) < 1e-12)
      }
      for (found, expected) in zip(MultipleComparisons.benjaminiHochberg(example.p), example.bh) {
        #expect(abs(found - expected) < 1e-12)
      }
    }
  }

  @Test func power() throws {
    for example in fixture.power {
      let found = try PairedTTestPower(level: example.alpha)
        .power(effect: example.effect, count: example.n)
      #expect(abs(found - example.power) < 1e-7, "\(example), found \(found)")
    }
    for example in fixture.detectable {
      let found = try PairedTTestPower().detectableEffect(count: example.n, power: example.target)
      #expect(abs((found ?? .nan) - example.effect) < 1e-6, "\(example)")
    }
  }
}
