/// Work that took too long.
struct TimeLimitPassed: Error {}

/// Does work, and gives it up after a while.
///
/// - Throws: ``TimeLimitPassed``, or what the work throws.
func limited<Value: Sendable>(
  to limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else { throw TimeLimitPassed() }
    return value
  }
}
