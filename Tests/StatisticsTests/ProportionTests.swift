import Statistics
import Testing

/// The literals are SciPy's: Scripts/fixtures/statistics_numbers.py prints them.
@Suite struct ProportionTests {
  struct Case: Sendable {
    let successes: Int
    let trials: Int
    let level: Double
    let wilson: (Double, Double)
    let exact: (Double, Double)
  }

  static let cases = [
    Case(
      successes: 0, trials: 10, level: 0.95, wilson: (0, 0.27753279986288926),
      exact: (0, 0.30849710781876294)),
    Case(
      successes: 10, trials: 10, level: 0.95, wilson: (0.7224672001371109, 1),
      exact: (0.6915028921812371, 1)),
    Case(
      successes: 1, trials: 10, level: 0.95, wilson: (0.017876213095072896, 0.4041500267952385),
      exact: (0.0025285785444625728, 0.44501611702819543)),
    Case(
      successes: 5, trials: 10, level: 0.9, wilson: (0.26927182113826725, 0.7307281788617328),
      exact: (0.22244110100812892, 0.777558898991871)),
    Case(
      successes: 81, trials: 263, level: 0.95, wilson: (0.2552885198782742, 0.36620957698280004),
      exact: (0.25273674558504267, 0.36762192260134746)),
    Case(
      successes: 987, trials: 1000, level: 0.95,
      wilson: (0.9778855576244203, 0.9923871796106489),
      exact: (0.9778721963632198, 0.993060382497153)),
    Case(
      successes: 9912, trials: 10000, level: 0.99,
      wilson: (0.9884474673558944, 0.9933011525859549),
      exact: (0.9884982955410291, 0.9934214613931116)),
    Case(
      successes: 99990, trials: 100000, level: 0.999,
      wilson: (0.999728599662283, 0.999963158051148),
      exact: (0.9997474636700736, 0.9999730088181714)),
    Case(
      successes: 1, trials: 1, level: 0.95, wilson: (0.20654931437723745, 1),
      exact: (0.025000000000000022, 1)),
    Case(
      successes: 500_000, trials: 1_000_000, level: 0.95,
      wilson: (0.4990200198900048, 0.5009799801099952),
      exact: (0.4990195191953118, 0.5009804808046883)),
  ]

  @Test(arguments: cases)
  func agreesWithSciPy(_ example: Case) throws {
    let rate = try Proportion(successes: example.successes, trials: example.trials)
    let wilson = try rate.wilson(level: example.level)
    #expect(abs(wilson.low - example.wilson.0) < 1e-10)
    #expect(abs(wilson.high - example.wilson.1) < 1e-10)
    let exact = try rate.clopperPearson(level: example.level)
    #expect(abs(exact.low - example.exact.0) < 1e-10)
    #expect(abs(exact.high - example.exact.1) < 1e-10)
  }

  @Test func oneSidedBoundsHaveClosedFormsAtTheEnds() throws {
    let all = try Proportion(successes: 100, trials: 100)
    #expect(isClose(try all.lowerBound(level: 0.999), power(0.001, 0.01), relative: 1e-12))
    let none = try Proportion(successes: 0, trials: 100)
    #expect(abs(try none.upperBound(level: 0.999) - (1 - power(0.001, 0.01))) < 1e-12)
    #expect(try none.lowerBound(level: 0.999) == 0)
    #expect(try all.upperBound(level: 0.999) == 1)
  }

  @Test func withoutTrialsNothingIsKnown() throws {
    let rate = try Proportion(successes: 0, trials: 0)
    #expect(rate.rate == nil)
    #expect(try rate.wilson() == Interval(low: 0, high: 1, level: 0.95))
    #expect(try rate.clopperPearson() == Interval(low: 0, high: 1, level: 0.95))
  }

  @Test func countsOutcomes() {
    let rate = Proportion([true, false, true, true])
    #expect(rate.successes == 3)
    #expect(rate.rate == 0.75)
  }

  @Test func rejectsImpossibleCountsAndLevels() throws {
    #expect(throws: StatisticsError.counts(successes: 3, trials: 2)) {
      try Proportion(successes: 3, trials: 2)
    }
    #expect(throws: StatisticsError.counts(successes: -1, trials: 2)) {
      try Proportion(successes: -1, trials: 2)
    }
    let rate = try Proportion(successes: 1, trials: 2)
    #expect(throws: StatisticsError.level(1)) { try rate.wilson(level: 1) }
    #expect(throws: StatisticsError.self) { try rate.clopperPearson(level: .nan) }
  }
}
