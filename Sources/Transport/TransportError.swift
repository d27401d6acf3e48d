import Foundation

/// Why a transport problem cannot be solved.
public enum TransportError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// A number of values does not fit the others.
  case size(String, count: Int, expected: Int)
  /// A value is infinite or not a number.
  case notFinite(String, index: Int)
  /// A setting is out of its range.
  case setting(String, value: Double, allowed: String)
  /// A side has no point.
  case emptySide
  /// A linear programme of so many points is not attempted.
  case tooManyPoints(Int, limit: Int)
  /// The solver of linear programmes gave up.
  case solver(status: Int)

  /// What was wrong.
  public var description: String {
    switch self {
    case .size(let name, let count, let expected):
      "\(name): there are \(count) values, but \(expected) are needed"
    case .notFinite(let name, let index): "\(name): value \(index) is not finite"
    case .setting(let name, let value, let allowed): "\(name) is \(value), it must be \(allowed)"
    case .emptySide: "one of the two sides has no point"
    case .tooManyPoints(let count, let limit):
      "a linear programme of \(count) points is too large; \(limit) are the most"
    case .solver(let status): "the linear programme was not solved (status \(status))"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .size, .setting: nil
    case .notFinite: "leave out points that are not finite"
    case .emptySide: "give at least one point of both classes"
    case .tooManyPoints: "take a part of the points, or Sinkhorn's algorithm for the distance alone"
    case .solver: "scale the points so that their distances are neither tiny nor huge"
    }
  }
}
