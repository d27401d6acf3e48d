import Foundation

/// A request to stop, set by a signal handler or another thread and read between steps.
public final class StopSignal: @unchecked Sendable {
  private let lock = NSLock()
  private var isSet = false

  /// A signal that is not set.
  public init() {}

  /// Asks to stop.
  public func request() { lock.withLock { isSet = true } }

  /// Whether somebody asked to stop.
  public var isRequested: Bool { lock.withLock { isSet } }
}
