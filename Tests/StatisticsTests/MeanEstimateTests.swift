import Statistics
import Testing

@Suite struct MeanEstimateTests {
  @Test func smallSamplesHaveStudentsIntervalAndLargeOnesTheBootstraps() throws {
    var generator = SplitMix(state: 1)
    let threshold = MeanEstimate.bootstrapThreshold
    for (count, method) in [(threshold - 1, MeanEstimate.Method.studentT), (threshold, .bootstrap)]
    {
      let values = (0..<count).map { Double($0 * $0 % 17) }
      #expect(try MeanEstimate(of: values, resamples: 100, using: &generator).method == method)
    }
    #expect(MeanEstimate.Method.studentT.rawValue == "t")
    #expect(MeanEstimate.Method.bootstrap.rawValue == "bca")
  }

  @Test func theBootstrapIsThatOfTheMean() throws {
    let values = [1.2, 0.4, 3.1, 8.8, 2.0, 0.9]
    var first = SplitMix(state: 6)
    var second = SplitMix(state: 6)
    let estimate = try MeanEstimate(
      of: values, level: 0.9, method: .bootstrap, resamples: 300, using: &first)
    #expect(
      try estimate.interval
        == Bootstrap(resamples: 300, level: 0.9).mean(of: values, using: &second))
  }

  @Test func aSingleUnitHasNoIntervalAndEqualUnitsAPoint() throws {
    var generator = SplitMix(state: 1)
    for method in MeanEstimate.Method.allCases {
      let single = try MeanEstimate(of: [3], method: method, using: &generator)
      #expect(single.mean == 3 && single.standardDeviation == nil && single.interval == nil)
      // Three times 0.1 is not 0.3.
      let equal = try MeanEstimate(
        of: [0.1, 0.1, 0.1], method: method, resamples: 10, using: &generator)
      #expect(equal.standardDeviation == 0)
      #expect(equal.interval?.width == 0 && equal.interval?.contains(equal.mean) == true)
    }
  }

  @Test func aLargeOffsetCostsNoDigitsOfTheDeviation() throws {
    var generator = SplitMix(state: 1)
    let estimate = try MeanEstimate(of: [1e12 + 1, 1e12 + 2, 1e12 + 3], using: &generator)
    #expect(estimate.standardDeviation == 1)
  }

  @Test func rejectsWhatHasNoMean() {
    var generator = SplitMix(state: 1)
    #expect(throws: StatisticsError.empty(statistic: "mean")) {
      try MeanEstimate(of: [], using: &generator)
    }
    #expect(throws: StatisticsError.notFinite(statistic: "mean")) {
      try MeanEstimate(of: [1, .infinity], using: &generator)
    }
    #expect(throws: StatisticsError.notFinite(statistic: "standard deviation")) {
      try MeanEstimate(of: [1e200, -1e200], using: &generator)
    }
    #expect(throws: StatisticsError.level(1)) {
      try MeanEstimate(of: [1], level: 1, using: &generator)
    }
  }
}
