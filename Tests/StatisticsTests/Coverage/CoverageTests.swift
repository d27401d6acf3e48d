import Foundation
import Statistics
import Testing

/// Measures the coverage of every 95 % interval and prints the table of Documentation/Statistics.md.
@Suite(
  "Coverage", .enabled(if: ProcessInfo.processInfo.environment["TOUCHSTONE_COVERAGE"] != nil))
struct CoverageTests {
  private static let few = [3, 5, 10, 20, 30, 50, 100]
  private static let many = [5, 10, 20, 30, 50, 100, 200, 500]
  private static let middling = [5, 10, 20, 30, 50, 100]

  static let intervals: [CoveredInterval] = [
    .studentT(.normal, few, claimedFrom: 3),
    .studentT(.uniform, few, claimedFrom: 5),
    .studentT(.exponential, few, claimedFrom: 50),
    .studentT(.beta, few, claimedFrom: 50),
    .pairedT(.normal, claimedFrom: 3),
    .pairedT(.exponential, claimedFrom: nil),
    .welch("normal, equal spreads", ratio: 1, spread: 1),
    .welch("normal, spreads 1 and 3", ratio: 1, spread: 3),
    .welch("normal, n and 2n units, spreads 1 and 3", ratio: 2, spread: 3),
    .bootstrap(.percentile, .normal, many, claimedFrom: 30),
    .bootstrap(.percentile, .exponential, many, claimedFrom: 100),
    .bootstrap(.biasCorrectedAccelerated, .normal, many, claimedFrom: 30),
    .bootstrap(.biasCorrectedAccelerated, .exponential, many, claimedFrom: 50),
    .bootstrap(.biasCorrectedAccelerated, .uniform, middling, claimedFrom: 20),
    .bootstrap(.biasCorrectedAccelerated, .beta, middling, claimedFrom: 50),
    .grouped(.percentile, .normal, claimedFrom: 30),
    .grouped(.percentile, .exponential, claimedFrom: 50),
    .grouped(.biasCorrectedAccelerated, .normal, claimedFrom: 30),
    .grouped(.biasCorrectedAccelerated, .exponential, claimedFrom: 50),
    .ungrouped(.normal),
    .missedAbove(.studentT),
    .missedAbove(.bootstrap),
  ]

  @Test func everyIntervalKeepsItsLevelWhereItIsClaimedTo() async throws {
    var table = CoverageTable()
    for interval in Self.intervals {
      for count in interval.counts {
        var simulation = CoverageSimulation()
        if count > 100 { simulation.repetitions = 4000 }
        let share = try await simulation.share("\(interval.units) \(count)") { generator in
          try interval.covers(count, &generator)
        }
        table.add(share, for: count, name: interval.name, units: interval.units)
        if let least = interval.claimedFrom, count >= least {
          #expect((0.93...0.97).contains(share), "\(interval.name), \(interval.units), \(count)")
        }
      }
    }
    try addProportions(to: &table)
    print(table.markdown)
  }

  private func addProportions(to table: inout CoverageTable) throws {
    for trials in [20, 50, 100, 1000] {
      let wilson = try ProportionCoverage(trials: trials, rates: ProportionCoverage.rates) {
        try $0.wilson()
      }
      let exact = try ProportionCoverage(trials: trials, rates: ProportionCoverage.rates) {
        try $0.clopperPearson()
      }
      table.add(wilson.average, for: trials, name: "Wilson", units: "rates 0.02 to 0.98")
      table.add(wilson.least, for: trials, name: "Wilson", units: "the worst of these rates")
      table.add(exact.average, for: trials, name: "Clopper-Pearson", units: "rates 0.02 to 0.98")
      table.add(
        exact.least, for: trials, name: "Clopper-Pearson", units: "the worst of these rates")
      #expect((0.93...0.97).contains(wilson.average), "Wilson, \(trials)")
      #expect(exact.least >= 0.95, "Clopper-Pearson, \(trials)")
      // Conservative by design: for few trials beyond 97 %.
      #expect((exact.average <= 0.97) == (trials >= 50), "Clopper-Pearson, \(trials)")
    }
  }
}
