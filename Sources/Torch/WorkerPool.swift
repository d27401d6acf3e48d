import CTorch
import Foundation

/// A fixed number of threads, each with one intra-operator thread, that share jobs.
///
/// Threads live as long as the pool: libtorch keeps memory for every thread that ever ran an
/// operator, so threads made for one job would make a process grow.
public final class WorkerPool: Sendable {
  /// The number of threads.
  public let count: Int
  private let jobs = JobQueue()

  /// A pool of `count` threads, at least one.
  public init(count: Int) {
    self.count = max(1, count)
    for number in 0..<self.count {
      let thread = Thread { [jobs] in
        ct_set_thread_count(1)
        while let job = jobs.next() { job() }
      }
      thread.name = "touchstone.worker.\(number)"
      // Deep networks recurse in autograd; the default of 512 KiB is for shallow call stacks.
      thread.stackSize = 16 << 20
      thread.start()
    }
  }

  deinit { jobs.close() }

  /// Applies `body` to `0..<count` on the threads and returns the results in order.
  ///
  /// - Throws: the error of the lowest index that failed. After a failure no further index starts.
  public func map<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let work = Work<Result>(count: count)
    let group = DispatchGroup()
    for _ in 0..<min(self.count, count) {
      group.enter()
      jobs.append {
        while let index = work.nextIndex() {
          work.finish(index, Swift.Result { try body(index) })
        }
        group.leave()
      }
    }
    group.wait()
    return try work.results()
  }
}

/// Jobs that wait for a thread; the threads of a pool hold it, not the pool itself.
private final class JobQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: [@Sendable () -> Void] = []
  private var isClosed = false

  func append(_ job: @escaping @Sendable () -> Void) {
    condition.withLock {
      jobs.append(job)
      condition.signal()
    }
  }

  /// Waits for the next job; `nil` once the queue is closed and empty.
  func next() -> (@Sendable () -> Void)? {
    condition.withLock {
      while jobs.isEmpty && !isClosed { condition.wait() }
      return jobs.isEmpty ? nil : jobs.removeFirst()
    }
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}

/// The state of one call of `map`: which index is next, and what came out.
private final class Work<Result: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var next = 0
  private var outcomes: [Swift.Result<Result, any Error>?]
  private var hasFailed = false

  init(count: Int) { outcomes = Array(repeating: nil, count: count) }

  func nextIndex() -> Int? {
    lock.withLock {
      guard next < outcomes.count, !hasFailed else { return nil }
      defer { next += 1 }
      return next
    }
  }

  func finish(_ index: Int, _ outcome: Swift.Result<Result, any Error>) {
    lock.withLock {
      outcomes[index] = outcome
      if case .failure = outcome { hasFailed = true }
    }
  }

  func results() throws -> [Result] {
    try lock.withLock {
      for case .failure(let error)? in outcomes { throw error }
      return try outcomes.compactMap { try $0?.get() }
    }
  }
}
