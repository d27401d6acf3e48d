import ArgumentParser
import Foundation

/// Exit codes, and one clear sentence for whoever reads standard error.
enum Exit {
  /// A gate failed.
  static let gateFailed = ExitCode(1)
  /// Bad usage or bad input.
  static let badInput: Int32 = 2
  /// Somebody asked to stop before it was done; what a shell says of a command that Ctrl-C ended. A scheduler that
  /// stopped a job must not take it for one that is done.
  static let interrupted = ExitCode(130)
  /// A bug.
  static let bug: Int32 = 70

  /// Ends the process with what was printed written out, and without destroying what libraries keep for as long as it
  /// lives: libtorch's threads may still use it, and a command that was done would end by a signal.
  static func leave(_ code: Int32) -> Never {
    fflush(nil)
    abandon(code)
  }

  /// Ends the process at once, whatever other threads are doing or waiting for.
  static func abandon(_ code: Int32) -> Never {
    Job.removeScratch()
    _exit(code)
  }

  static func leave(with error: any Error) -> Never {
    if let code = error as? ExitCode { leave(code.rawValue) }
    let code = Touchstone.exitCode(for: error)
    let text = Touchstone.fullMessage(for: error)
    if code == .success {
      print(text)
      leave(0)
    }
    if code == .validationFailure {
      // One sentence: whoever mistyped an option does not want a page of help.
      write("touchstone: \(oneLine(Touchstone.message(for: error))); see \(command) --help")
      leave(badInput)
    }
    if let known = error as? any LocalizedError, known.errorDescription != nil {
      report(known)
      leave(badInput)
    }
    write("touchstone: this is a bug, please report it: \(oneLine("\(error)"))")
    leave(bug)
  }

  /// Writes what was wrong and what to do, without leaving.
  static func report(_ error: any LocalizedError) {
    let remedy = error.recoverySuggestion.map { "; \($0)" } ?? ""
    write("touchstone: \(oneLine((error.errorDescription ?? "") + remedy))")
  }

  /// The command as it was called, down to the subcommand that options belong to.
  private static var command: String {
    var names = ["touchstone"]
    var type: any ParsableCommand.Type = Touchstone.self
    for word in CommandLine.arguments.dropFirst() {
      guard let next = type.configuration.subcommands.first(where: { $0._commandName == word })
      else { break }
      names.append(word)
      type = next
    }
    return names.joined(separator: " ")
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private static func write(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
