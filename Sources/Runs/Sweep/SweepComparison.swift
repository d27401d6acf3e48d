import Foundation
import Statistics

/// Compares a variant with the baseline on one finding: seed by seed, and example by example.
struct SweepComparison {
  let finding: String
  let variant: String
  let baseline: String
  let unit: SweepSettings.Unit
  let members: [SweepMember]
  let values: SweepValues
  let store: RunStore

  /// The comparison, or `nil` when the two have no seed in common.
  func comparison() throws -> SweepAnalysis.Comparison? {
    let own = values.values(finding, of: variant)
    let base = Dictionary(
      values.values(finding, of: baseline).map { ($0.seed, $0.value) }
    ) { first, _ in first }
    let pairs = own.compactMap { entry in base[entry.seed].map { (entry.value, $0) } }
    guard !pairs.isEmpty else { return nil }
    let seeds = try PairedComparison(pairs.map(\.0), baseline: pairs.map(\.1))
    let examples = try exampleComparison(seeds: own.map(\.seed).filter { base[$0] != nil })
    var generator = ResamplingGenerator(
      purpose: "sweep.comparison.\(finding).\(variant).\(baseline)")
    let examplePValue = examples.map {
      $0.permutationTest(resamples: 20_000, using: &generator).pValue
    }
    var interval: Interval?
    switch unit {
    case .seed: interval = try seeds.interval()
    case .example:
      let sums = try examples?.bootstrapInterval(Bootstrap(resamples: 2000), using: &generator)
      interval = sums.map {
        let count = Double(seeds.count)
        return Interval(low: $0.low / count, high: $0.high / count, level: $0.level)
      }
    }
    return SweepAnalysis.Comparison(
      difference: seeds.difference, interval: interval, seedCount: seeds.count,
      seedPValue: seeds.tTest, examplePValue: examplePValue, effect: seeds.hedgesG,
      pValue: unit == .seed ? seeds.tTest : examplePValue, adjusted: nil)
  }

  /// The outcomes of every example, added over seeds; `nil` where they were not recorded for all
  /// runs, or for other examples.
  private func exampleComparison(seeds: [String]) throws -> PairedComparison? {
    try OutcomeSums(finding, members: members, store: store)
      .values(of: variant, against: baseline, seeds: seeds)
      .map { try PairedComparison($0.own, baseline: $0.base) }
  }
}
