import Statistics

/// How often an interval of a rate holds it, by summing over all outcomes: no sampling error.
struct ProportionCoverage: Sendable {
  /// Averaged over the true rates.
  let average: Double
  /// At the true rate where it is least.
  let least: Double

  /// - Parameter interval: of so many successes among the trials.
  init(
    trials: Int, rates: [Double], interval: (Proportion) throws -> Interval
  ) throws {
    let intervals = try (0...trials).map { successes in
      try interval(Proportion(successes: successes, trials: trials))
    }
    let coverages = try rates.map { rate in
      try intervals.indices.reduce(0.0) { sum, successes in
        guard intervals[successes].contains(rate) else { return sum }
        // The beta density with these shapes is the binomial probability times n + 1.
        let shapes = try BetaDistribution(
          alpha: Double(successes + 1), beta: Double(trials - successes + 1))
        return sum + shapes.density(rate) / Double(trials + 1)
      }
    }
    average = mean(of: coverages)
    least = coverages.min() ?? .nan
  }

  /// 0.02, 0.03, ... 0.98.
  static let rates = (2...98).map { Double($0) / 100 }
}
