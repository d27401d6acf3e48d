import CTorch
import Foundation

/// A failure of libtorch, with its message but without its C++ stack.
public struct TorchError: LocalizedError, CustomStringConvertible, Sendable {
  /// What was wrong.
  public let description: String
  /// What to do about it, when something can be said.
  public let recoverySuggestion: String?

  /// An error with a message and, where there is one, a remedy.
  public init(_ description: String, remedy: String? = nil) {
    self.description = description
    recoverySuggestion = remedy
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// Takes over a message that the shim returned; `nil` means that all went well.
  ///
  /// - Parameter operation: what was done, worked out after a failure only.
  init?(taking message: UnsafeMutablePointer<CChar>?, in operation: @autoclosure () -> String) {
    guard let message else { return nil }
    defer { ct_free(message) }
    let text = String(cString: message).trimmingCharacters(in: .whitespacesAndNewlines)
    self.init("\(operation()): \(text)")
  }
}

/// Runs `body` so that the first failure of an operator inside it is thrown, not trapped.
///
/// Operators on tensors do not throw: a failure is a programming error and stops the process. Code
/// that input can reach (a user's model, shapes from a file) runs inside `attempt`. After a failure
/// the rest of `body` runs on placeholder tensors and its result is thrown away.
///
/// - Throws: the first ``TorchError`` inside `body`, or what `body` itself throws.
public func attempt<Result>(_ body: () throws -> Result) throws -> Result {
  let box = FailureBox()
  let result = Swift.Result { try FailureBox.$current.withValue(box) { try body() } }
  if let failure = box.failure { throw failure }
  return try result.get()
}

/// Holds the first failure inside one `attempt`, which runs on one thread.
final class FailureBox: @unchecked Sendable {
  @TaskLocal static var current: FailureBox?
  var failure: TorchError?

  /// Records a failure in the innermost `attempt`, or stops the process when there is none.
  static func report(_ error: TorchError) {
    guard let box = current else { fatalError(error.description) }
    if box.failure == nil { box.failure = error }
  }
}

/// Records a failure that is not an operator's, such as a layer that cannot take its input, in the
/// innermost ``attempt(_:)``, as if an operator had failed; stops the process when there is none.
package func reportFailure(_ error: TorchError) { FailureBox.report(error) }
