import ArgumentParser
import Foundation
import Synchronization
import Training

/// Ctrl-C and the system's request to end: the first asks for a checkpoint, the second ends at once.
enum Interrupts {
  private static let stop = StopSignal()
  /// Where the handler writes the signals that come.
  private static let mailbox = Atomic<Int32>(-1)

  /// Watches from now on, for as long as the process lives.
  ///
  /// A signal that comes while this returns is seen: dispatch sources begin some time after they were told to, and what
  /// comes before is lost on them.
  ///
  /// - Returns: whether somebody asked to stop.
  static func watch() -> @Sendable () -> Bool {
    _ = beginning
    return { stop.isRequested }
  }

  private static let beginning: Void = {
    var ends: [Int32] = [0, 0]
    // Where no descriptor is left, signals go on ending the process.
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    mailbox.store(ends[1], ordering: .releasing)
    let readEnd = ends[0]
    Thread { read(from: readEnd) }.start()
    for number in [SIGINT, SIGTERM] { signal(number, post) }
  }()

  /// Nothing but to write may be done while a signal is handled.
  private static let post: @convention(c) (Int32) -> Void = { number in
    let (before, byte) = (errno, UInt8(number))
    _ = withUnsafePointer(to: byte) { write(Interrupts.mailbox.load(ordering: .acquiring), $0, 1) }
    errno = before
  }

  private static func read(from end: Int32) {
    unblock()
    while true {
      var number: UInt8 = 0
      guard Glibc.read(end, &number, 1) == 1 else { continue }
      if stop.isRequested { Exit.abandon(128 + Int32(number)) }
      stop.request()
    }
  }

  /// Lets this thread take the signals, whatever the one that began it does: some threads block all.
  private static func unblock() {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM] { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }
}

/// Ends the process when its standard input ends: a run must not outlive the sweep that started it,
/// and a killed sweep cannot tell it so.
enum LifeLine {
  static func watch() {
    let thread = Thread {
      var byte: UInt8 = 0
      while true {
        let count = read(STDIN_FILENO, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) { Exit.abandon(Exit.interrupted.rawValue) }
      }
    }
    thread.start()
  }
}
