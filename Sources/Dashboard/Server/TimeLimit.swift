/// Work that took too long.
struct TimeLimitPassed: Error {}

/// Does work, and gives it up after a while.
///
/// - Parameter clock: what the time is taken from.
/// - Throws: ``TimeLimitPassed``, or what the work throws.
func limited<Value: Sendable>(
  to limit: Duration, on clock: any Clock<Duration>,
  _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await clock.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else { throw TimeLimitPassed() }
    return value
  }
}
