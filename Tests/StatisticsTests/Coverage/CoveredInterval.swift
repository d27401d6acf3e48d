import Statistics

/// An interval whose coverage is measured, at some numbers of units.
struct CoveredInterval: Sendable {
  let name: String
  let units: String
  let counts: [Int]
  /// The least number of units from which it is claimed to cover 93 to 97 %; nil when never.
  let claimedFrom: Int?
  /// Whether the interval from so many units held the truth.
  let covers: @Sendable (_ count: Int, _ generator: inout SplitMix) throws -> Bool

  static func studentT(
    _ population: Population, _ counts: [Int], claimedFrom: Int?
  ) -> CoveredInterval {
    CoveredInterval(
      name: "Student's t", units: population.rawValue, counts: counts, claimedFrom: claimedFrom
    ) { count, generator in
      let values = population.draw(count, using: &generator)
      return try MeanEstimate(of: values, method: .studentT, using: &generator)
        .interval?.contains(population.mean) ?? false
    }
  }

  /// The variant is better by 0.3; it shares with the baseline what a seed does to a run.
  static func pairedT(_ population: Population, claimedFrom: Int?) -> CoveredInterval {
    CoveredInterval(
      name: "paired t", units: "\(population.rawValue) differences", counts: [3, 5, 10, 30],
      claimedFrom: claimedFrom
    ) { count, generator in
      let baseline = Population.normal.draw(count, using: &generator)
      let values = baseline.map {
        $0 + 0.3 + population.draw(using: &generator) - population.mean
      }
      return try PairedComparison(values, baseline: baseline).interval()?.contains(0.3) ?? false
    }
  }

  /// How often the truth lies above the interval of skewed units; 2.5 % would be even.
  static func missedAbove(_ method: MeanEstimate.Method) -> CoveredInterval {
    CoveredInterval(
      name: method == .studentT ? "Student's t, truth above it" : "bootstrap, bca, truth above it",
      units: "exponential", counts: [50, 100, 200], claimedFrom: nil
    ) { count, generator in
      let values = Population.exponential.draw(count, using: &generator)
      let estimate = try MeanEstimate(
        of: values, method: method, resamples: 2000, using: &generator)
      return (estimate.interval?.high ?? 0) < Population.exponential.mean
    }
  }

  static func welch(_ units: String, ratio: Int, spread: Double) -> CoveredInterval {
    CoveredInterval(
      name: "Welch", units: units, counts: [3, 5, 10, 30], claimedFrom: 3
    ) { count, generator in
      let first = Population.normal.draw(count, using: &generator)
      let second = Population.normal.draw(ratio * count, using: &generator).map { spread * $0 }
      return try WelchTest(first, second).interval()?.contains(0) ?? false
    }
  }

  static func bootstrap(
    _ method: Bootstrap.Method, _ population: Population, _ counts: [Int], claimedFrom: Int?
  ) -> CoveredInterval {
    CoveredInterval(
      name: "bootstrap, \(method.rawValue)", units: population.rawValue, counts: counts,
      claimedFrom: claimedFrom
    ) { count, generator in
      let values = population.draw(count, using: &generator)
      return try Bootstrap(method, resamples: 2000).mean(of: values, using: &generator)
        .contains(population.mean)
    }
  }

  static func grouped(
    _ method: Bootstrap.Method, _ population: Population, claimedFrom: Int?
  ) -> CoveredInterval {
    CoveredInterval(
      name: "grouped bootstrap, \(method.rawValue)",
      units: "groups of 5, \(population.rawValue) effects", counts: [10, 20, 30, 50, 100],
      claimedFrom: claimedFrom
    ) { count, generator in
      let groups = population.groups(count, using: &generator)
      return try Bootstrap(method, resamples: 2000).mean(ofGroups: groups, using: &generator)
        .contains(population.mean)
    }
  }

  /// What happens when the groups are not told to the bootstrap.
  static func ungrouped(_ population: Population) -> CoveredInterval {
    CoveredInterval(
      name: "bootstrap, bca, that ignores groups",
      units: "groups of 5, \(population.rawValue) effects", counts: [10, 30, 100],
      claimedFrom: nil
    ) { count, generator in
      let values = population.groups(count, using: &generator).flatMap(\.self)
      return try Bootstrap(resamples: 2000).mean(of: values, using: &generator)
        .contains(population.mean)
    }
  }
}
