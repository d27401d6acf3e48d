/// Measures how often an interval holds the truth.
///
/// Every repetition has a generator of its own, made from the seed, the purpose and its number, so
/// that the result does not depend on the number of threads. Intervals with the same purpose see the
/// same data.
struct CoverageSimulation {
  var seed: UInt64 = 20_261_121
  var repetitions = 10_000
  var threads = 3

  /// The share of repetitions in which `covers` says that the interval held the truth.
  func share(
    _ purpose: String, covers: @escaping @Sendable (inout SplitMix) throws -> Bool
  ) async throws -> Double {
    let start = purpose.utf8.reduce(Self.mixed(seed)) { Self.mixed($0 ^ UInt64($1)) }
    let covered = try await withThrowingTaskGroup(of: Int.self) { group in
      for thread in 0..<threads {
        group.addTask {
          try stride(from: thread, to: repetitions, by: threads).count { repetition in
            var generator = SplitMix(state: Self.mixed(start ^ UInt64(repetition)))
            return try covers(&generator)
          }
        }
      }
      return try await group.reduce(0, +)
    }
    return Double(covered) / Double(repetitions)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var generator = SplitMix(state: value)
    return generator.next()
  }
}
