import Foundation

/// The right to work on a run, held by at most one process.
///
/// It is a lock on a file in the run's folder that the system takes back when the process ends, in
/// whatever way: a killed run needs no clearing up, and no clock decides whether it lives.
public final class RunLock: Sendable {
  static let name = ".lock"
  private let descriptor: Int32

  /// Takes the lock, or returns `nil` when another process holds it.
  public init?(in folder: URL) {
    let path = folder.appending(path: Self.name).path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Whether a process holds the lock now.
  public static func isHeld(in folder: URL) -> Bool {
    let descriptor = open(folder.appending(path: name).path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A shared lock is enough to learn it, and two that ask do not see each other.
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
    return false
  }
}
