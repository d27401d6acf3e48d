import Statistics
import Testing

@Suite struct BootstrapTests {
  static let units = [1.2, 0.4, 3.1, 8.8, 2.0, 0.9, 5.5, 1.1, 0.3, 2.7]

  /// SciPy's ends for the same fixed distribution: Scripts/fixtures/statistics_numbers.py.
  @Test(arguments: [
    (0.95, [1.833125, 3.992291666666667, 1.7474293848804852, 3.7109260177532684]),
    (0.9, [1.9166666666666667, 3.859583333333333, 1.7956400998695834, 3.4378035493378936]),
  ])
  func endsAgreeWithSciPy(level: Double, expected: [Double]) {
    let distribution = (0..<200).map { (index: Int) -> Double in
      let square = Double((index % 7) * (index % 7))
      return 1.7 + Double(37 * index % 101) / 60 + square / 40
    }
    let total = Self.units.reduce(0, +)
    let jackknife = Self.units.map { (total - $0) / 9 }
    var found: [Double] = []
    for method in [Bootstrap.Method.percentile, .biasCorrectedAccelerated] {
      let interval = Bootstrap(method, level: level).interval(
        estimate: total / 10, distribution: distribution, jackknife: jackknife)
      found += [interval.low, interval.high]
    }
    for (value, reference) in zip(found, expected) { #expect(abs(value - reference) < 1e-9) }
  }

  @Test(arguments: [
    (Bootstrap.Method.percentile, 1.23, 4.32), (.biasCorrectedAccelerated, 1.42, 4.83),
  ])
  func drawnIntervalAgreesWithSciPyToSamplingError(
    method: Bootstrap.Method, low: Double, high: Double
  ) throws {
    var generator = SplitMix(state: 7)
    let interval = try Bootstrap(method, resamples: 20_000).mean(
      of: Self.units, using: &generator)
    #expect(abs(interval.low - low) < 0.05)
    #expect(abs(interval.high - high) < 0.12)
  }

  @Test(arguments: Bootstrap.Method.allCases)
  func anyStatisticAgreesWithTheMeansOwnPath(method: Bootstrap.Method) throws {
    var first = SplitMix(state: 11)
    var second = SplitMix(state: 11)
    let bootstrap = Bootstrap(method, resamples: 500)
    let direct = try bootstrap.mean(of: Self.units, using: &first)
    let general = try bootstrap.interval(of: "mean", over: Self.units, using: &second) {
      mean(of: $0)
    }
    #expect(abs(direct.low - general.low) < 1e-12)
    #expect(abs(direct.high - general.high) < 1e-12)
  }

  @Test func coversTheMeanOfNormalUnits() throws {
    var generator = SplitMix(state: 3)
    var covered = 0
    for _ in 0..<400 {
      let values = (0..<60).map { _ in
        NormalDistribution.quantile(Double.random(in: 0.0001..<0.9999, using: &generator))
      }
      let interval = try Bootstrap(.percentile, resamples: 300).mean(of: values, using: &generator)
      if interval.contains(0) { covered += 1 }
    }
    #expect((366...392).contains(covered), "\(covered) of 400 covered")
  }

  @Test("units are drawn as the standard library draws them", arguments: [1, 2, 3, 10, 1000])
  func draws(count: Int) throws {
    let values = (0..<count).map { Double($0 * $0) }
    var first = SplitMix(state: 17)
    var second = SplitMix(state: 17)
    let drawn = (0..<50).map { _ in
      values.indices.reduce(0) { sum, _ in
        sum + values[Int.random(in: values.indices, using: &second)]
      } / Double(count)
    }.sorted()
    let interval = try Bootstrap(.percentile, resamples: 50, level: 0.999_999).mean(
      of: values, using: &first)
    #expect(abs(interval.low - quantile(5e-7, ofSorted: drawn)) <= 1e-9 * interval.low)
    #expect(abs(interval.high - quantile(1 - 5e-7, ofSorted: drawn)) <= 1e-9 * interval.high)
    #expect(first.state == second.state)
  }

  @Test func sameGeneratorSameInterval() throws {
    var first = SplitMix(state: 5)
    var second = SplitMix(state: 5)
    let bootstrap = Bootstrap(resamples: 200)
    #expect(
      try bootstrap.mean(of: Self.units, using: &first)
        == bootstrap.mean(of: Self.units, using: &second))
  }

  @Test func constantUnitsAndSingleUnitsGiveAPoint() throws {
    var generator = SplitMix(state: 1)
    let point = Interval(low: 2, high: 2, level: 0.95)
    let bootstrap = Bootstrap(resamples: 50)
    #expect(try bootstrap.mean(of: [2, 2, 2], using: &generator) == point)
    #expect(try bootstrap.mean(of: [2], using: &generator) == point)
  }

  @Test func rejectsWhatHasNoInterval() {
    var generator = SplitMix(state: 1)
    #expect(throws: StatisticsError.empty(statistic: "mean")) {
      try Bootstrap().mean(of: [], using: &generator)
    }
    #expect(throws: StatisticsError.notFinite(statistic: "mean")) {
      try Bootstrap().mean(of: [1, .nan], using: &generator)
    }
    #expect(throws: StatisticsError.level(0)) {
      try Bootstrap(level: 0).mean(of: [1], using: &generator)
    }
    #expect(throws: StatisticsError.self) {
      try Bootstrap(resamples: 0).mean(of: [1], using: &generator)
    }
  }

  @Test func quantilesInterpolate() {
    #expect(quantile(0.5, ofSorted: [1, 2]) == 1.5)
    #expect(quantile(0.25, ofSorted: [0, 1, 2, 3, 4]) == 1)
    #expect(quantile(1, ofSorted: [0, 1]) == 1)
    #expect(quantile(0, ofSorted: [7]) == 7)
    #expect(quantile(0.5, ofSorted: []).isNaN)
    #expect(quantile(0.75, ofSorted: [0, .infinity, .infinity]) == .infinity)
  }
}
