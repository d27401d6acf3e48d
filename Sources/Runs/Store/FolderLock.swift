import Foundation

/// A lock on a folder, which leaves nothing behind: for making files in it that several processes
/// share.
///
/// A lock on the files themselves would not do for SQLite's: closing it would end SQLite's own locks.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Waits for the lock, and returns `nil` when others held it all the time.
  ///
  /// Where a file system has no locks the lock is granted: what it guards goes wrong there only when two
  /// processes begin at the same moment.
  init?(_ folder: URL, until end: ContinuousClock.Instant) {
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    while descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      guard ContinuousClock.now < end else { return nil }
      Thread.sleep(forTimeInterval: 0.005)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
