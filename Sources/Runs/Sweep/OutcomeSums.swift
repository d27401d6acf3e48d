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

  /// The sum over seeds of every example; `nil` where outcomes were not recorded for all runs, or for other
  /// examples.
  func values(of variant: String, seeds: [String]) throws -> [Double]? {
    var sums: [Double] = []
    for seed in seeds {
      guard
        let member = members.first(where: { $0.variant == variant && $0.seed == seed }),
        let outcomes = try store.outcomes(of: member.run, for: finding)
      else { return nil }
      if sums.isEmpty { sums = [Double](repeating: 0, count: outcomes.values.count) }
      guard sums.count == outcomes.values.count else { return nil }
      for (index, value) in outcomes.values.enumerated() { sums[index] += value }
    }
    // Sums, not means, keep the differences whole numbers: equal ones stay equal to the last bit.
    return sums.isEmpty ? nil : sums
  }
}
