import Foundation

/// Counts what workers are done with.
final class Tally: @unchecked Sendable {
  private let lock = NSLock()
  private let report: (@Sendable (Int) -> Void)?
  private var done = 0

  init(_ report: (@Sendable (Int) -> Void)?) { self.report = report }

  func add(_ count: Int) {
    guard let report else { return }
    report(
      lock.withLock {
        done += count
        return done
      })
  }
}
