import Foundation
import Runs

/// Progress on standard error: one line that is written over on a terminal, plain lines elsewhere.
final class ProgressLine: RunVoice, @unchecked Sendable {
  private let isQuiet: Bool
  private let isTerminal = isatty(2) != 0
  private let lock = NSLock()
  private var shown = Date.distantPast
  private var isOpen = false

  init(isQuiet: Bool) { self.isQuiet = isQuiet || Job.isFollower }

  /// Says something that stays.
  func say(_ text: String) {
    guard !isQuiet else { return }
    lock.withLock {
      write((isOpen ? "\r\u{1B}[K" : "") + text + "\n")
      isOpen = false
    }
  }

  /// Shows how far the work is; on a terminal ten times a second at most, elsewhere every ten
  /// seconds.
  func update(_ done: Int, of total: Int, _ text: @autoclosure () -> String) {
    guard !isQuiet else { return }
    lock.withLock {
      let pause: TimeInterval = isTerminal ? 0.1 : 10
      guard done == total || Date().timeIntervalSince(shown) >= pause else { return }
      shown = Date()
      guard isTerminal else {
        write("\(done)/\(total) \(text())\n")
        return
      }
      let width = 24
      let filled = total > 0 ? done * width / total : width
      let bar =
        String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled)
      write("\r\u{1B}[K[\(bar)] \(done)/\(total) \(text())" + (done == total ? "\n" : ""))
      isOpen = done != total
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
