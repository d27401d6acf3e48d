import ArgumentParser
import Foundation
import Training

/// Ctrl-C and the system's request to end: the first asks for a checkpoint, the second ends at once.
final class Interrupts {
  private let signalled = StopSignal()
  private let sources: [any DispatchSourceSignal]

  init() {
    sources = [SIGINT, SIGTERM].map { [signalled] number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if signalled.isRequested { Exit.abandon(128 + number) }
        signalled.request()
      }
      source.resume()
      return source
    }
  }

  /// Whether somebody asked to stop.
  var isStopRequested: @Sendable () -> Bool {
    { [signalled] in signalled.isRequested }
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
