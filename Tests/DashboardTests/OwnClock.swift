import Foundation

/// A clock that wakes its sleepers on a thread of its own.
///
/// What wakes a `Task.sleep` stands in one queue with all other tests, and a server that waits for minutes loses its
/// clients.
struct OwnClock: Clock {
  typealias Instant = ContinuousClock.Instant

  private let queue = DispatchQueue(label: "OwnClock")

  var now: Instant { .now }
  var minimumResolution: Duration { ContinuousClock().minimumResolution }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let sleeper = Sleeper()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        sleeper.begin(continuation)
        queue.asyncAfter(deadline: .now() + max(0, now.duration(to: deadline) / .seconds(1))) {
          sleeper.end(.success(()))
        }
      }
    } onCancel: {
      sleeper.end(.failure(CancellationError()))
    }
  }
}

/// Somebody who sleeps, and is woken once.
private final class Sleeper: @unchecked Sendable {
  private let lock = NSLock()
  private var continuation: CheckedContinuation<Void, any Error>?
  private var result: Result<Void, any Error>?

  func begin(_ continuation: CheckedContinuation<Void, any Error>) {
    let known = lock.withLock {
      if result == nil { self.continuation = continuation }
      return result
    }
    if let known { continuation.resume(with: known) }
  }

  func end(_ result: Result<Void, any Error>) {
    let waiting = lock.withLock {
      if self.result == nil { self.result = result }
      defer { continuation = nil }
      return continuation
    }
    waiting?.resume(with: result)
  }
}
