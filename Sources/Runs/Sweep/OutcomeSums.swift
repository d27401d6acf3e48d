/// The outcomes of a finding, added over the runs of a variant.
struct OutcomeSums {
  private let finding: String
  private let members: [SweepMember]
  private let store: RunStore

  init(_ finding: String, members: [SweepMember], store: RunStore) {
    self.finding = finding
    self.members = members
    self.store = store
  }

  /// The sum over seeds of every example; `nil` where outcomes were not recorded for all runs, or of another number
  /// of examples.
  func values(of variant: String, seeds: [String]) throws -> [Double]? {
    try Self.sums(outcomes(of: variant, seeds: seeds))
  }

  /// The sums of a variant and of its baseline; `nil` also where runs of one seed were judged on other examples.
  func values(
    of variant: String, against baseline: String, seeds: [String]
  ) throws -> (own: [Double], base: [Double])? {
    guard let own = try outcomes(of: variant, seeds: seeds),
      let base = try outcomes(of: baseline, seeds: seeds),
      zip(own, base).allSatisfy({ $0.areOfSameExamples(as: $1) }),
      let ownSums = Self.sums(own), let baseSums = Self.sums(base)
    else { return nil }
    return (ownSums, baseSums)
  }

  /// What was recorded of the runs; `nil` where it was not of all.
  private func outcomes(of variant: String, seeds: [String]) throws -> [Outcomes]? {
    var all: [Outcomes] = []
    for seed in seeds {
      guard
        let member = members.first(where: { $0.variant == variant && $0.seed == seed }),
        let outcomes = try store.outcomes(of: member.run, for: finding)
      else { return nil }
      all.append(outcomes)
    }
    return all
  }

  private static func sums(_ all: [Outcomes]?) -> [Double]? {
    guard let all else { return nil }
    var sums: [Double] = []
    for outcomes in all {
      if sums.isEmpty { sums = [Double](repeating: 0, count: outcomes.values.count) }
      guard sums.count == outcomes.values.count else { return nil }
      for (index, value) in outcomes.values.enumerated() { sums[index] += value }
    }
    // Sums, not means, keep the differences whole numbers: equal ones stay equal to the last bit.
    return sums.isEmpty ? nil : sums
  }
}
