import Statistics
import Testing

/// The simulations of CoverageTests in small, so that a broken interval shows at once.
@Suite("Coverage in small")
struct CoverageQuickTests {
  @Test("the intervals cover, to four standard errors of the simulation")
  func covers() async throws {
    let intervals: [(interval: CoveredInterval, count: Int, expected: Double)] = [
      (.studentT(.normal, [], claimedFrom: nil), 3, 0.95),
      (.pairedT(.normal, claimedFrom: nil), 5, 0.95),
      (.welch("", ratio: 2, spread: 3), 10, 0.95),
    ]
    for (interval, count, expected) in intervals {
      let simulation = CoverageSimulation(repetitions: 1500)
      let share = try await simulation.share(interval.name) { generator in
        try interval.covers(count, &generator)
      }
      #expect(abs(share - expected) < 4 * (0.95 * 0.05 / 1500).squareRoot(), "\(interval.name)")
    }
  }

  @Test("groups that are not told to the bootstrap make its interval far too short")
  func groups() async throws {
    let simulation = CoverageSimulation(repetitions: 60)
    let told = CoveredInterval.grouped(.percentile, .normal, claimedFrom: nil)
    let untold = CoveredInterval.ungrouped(.normal)
    let right = try await simulation.share("groups") { try told.covers(20, &$0) }
    let wrong = try await simulation.share("groups") { try untold.covers(20, &$0) }
    #expect(right > 0.85 && wrong < 0.85, "\(right) and \(wrong)")
  }

  @Test func proportionsCover() throws {
    let rates = [0.02, 0.1, 0.3, 0.5, 0.9]
    let wilson = try ProportionCoverage(trials: 50, rates: rates) { try $0.wilson() }
    let exact = try ProportionCoverage(trials: 50, rates: rates) { try $0.clopperPearson() }
    #expect((0.93...0.97).contains(wilson.average))
    #expect(exact.least >= 0.95 && exact.average > wilson.average)
  }

  @Test("the number of threads changes nothing")
  func threads() async throws {
    let interval = CoveredInterval.studentT(.exponential, [], claimedFrom: nil)
    var shares: [Double] = []
    for threads in [1, 2, 3] {
      let simulation = CoverageSimulation(repetitions: 200, threads: threads)
      shares.append(try await simulation.share("threads") { try interval.covers(4, &$0) })
    }
    #expect(Set(shares).count == 1)
  }
}
