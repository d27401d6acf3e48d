import Statistics
import Testing

@Suite struct GroupedBootstrapTests {
  static let groups = [[1.0, 2], [4], [0.5, 0.25, 0.75], [3, 9], [2.5]]

  @Test("one number a group is the plain bootstrap", arguments: Bootstrap.Method.allCases)
  func plain(method: Bootstrap.Method) throws {
    let values = [1.2, 0.4, 3.1, 8.8, 2.0]
    var first = SplitMix(state: 3)
    var second = SplitMix(state: 3)
    let bootstrap = Bootstrap(method, resamples: 300)
    let plain = try bootstrap.mean(of: values, using: &first)
    let grouped = try bootstrap.mean(ofGroups: values.map { [$0] } + [[]], using: &second)
    #expect(abs(plain.low - grouped.low) < 1e-12 && abs(plain.high - grouped.high) < 1e-12)
  }

  @Test("it is the bootstrap of any statistic with the ratio", arguments: Bootstrap.Method.allCases)
  func ratio(method: Bootstrap.Method) throws {
    var first = SplitMix(state: 8)
    var second = SplitMix(state: 8)
    let bootstrap = Bootstrap(method, resamples: 400)
    let own = try bootstrap.mean(ofGroups: Self.groups, using: &first)
    let general = try bootstrap.interval(of: "mean", over: Self.groups, using: &second) {
      mean(of: $0.flatMap(\.self))
    }
    #expect(abs(own.low - general.low) < 1e-12 && abs(own.high - general.high) < 1e-12)
  }

  @Test("ten copies of a number know no more than one")
  func copies() throws {
    let values = [1.2, 0.4, 3.1, 8.8, 2.0, 0.9, 5.5]
    var first = SplitMix(state: 5)
    var second = SplitMix(state: 5)
    let bootstrap = Bootstrap(.percentile, resamples: 500)
    let single = try bootstrap.mean(of: values, using: &first)
    let copied = try bootstrap.mean(
      ofGroups: values.map { [Double](repeating: $0, count: 10) }, using: &second)
    #expect(abs(single.low - copied.low) < 1e-12 && abs(single.high - copied.high) < 1e-12)
  }

  @Test func rejectsWhatHasNoInterval() throws {
    var generator = SplitMix(state: 1)
    for groups in [[], [[], []]] as [[[Double]]] {
      #expect(throws: StatisticsError.empty(statistic: "mean")) {
        try Bootstrap().mean(ofGroups: groups, using: &generator)
      }
    }
    #expect(throws: StatisticsError.notFinite(statistic: "mean")) {
      try Bootstrap().mean(ofGroups: [[1], [.nan]], using: &generator)
    }
    #expect(throws: StatisticsError.level(2)) {
      try Bootstrap(level: 2).mean(ofGroups: [[1]], using: &generator)
    }
    let point = try Bootstrap(resamples: 20).mean(ofGroups: [[1, 3]], using: &generator)
    #expect(point == Interval(low: 2, high: 2, level: 0.95))
  }
}
