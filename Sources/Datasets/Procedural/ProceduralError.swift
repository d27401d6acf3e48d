import Foundation

/// Why a procedural data set could not be made or drawn.
public enum ProceduralError: Error, Equatable, Sendable {
  /// A setting is out of its range: the set, the setting, the value given and what it must be.
  case invalidSetting(set: String, setting: String, value: String, requirement: String)
  /// Not so many examples can be drawn at once.
  case invalidCount(set: String, count: Int, limit: Int)
  /// The identities cannot be kept so far apart.
  case identitiesTooClose(placed: Int, wanted: Int, minimumDistance: Double)
}

extension ProceduralError: LocalizedError, CustomStringConvertible {
  /// What was wrong, in one sentence.
  public var errorDescription: String? { description }

  /// What was wrong, in one sentence.
  public var description: String {
    switch self {
    case .invalidSetting(let set, let setting, let value, let requirement):
      "\(set): \(setting) is \(value), but it must be \(requirement)"
    case .invalidCount(let set, let count, let limit):
      "\(set): cannot draw \(count) examples, the count must lie between 0 and \(limit)"
    case .identitiesTooClose(let placed, let wanted, let minimumDistance):
      "portraits: only \(placed) of \(wanted) identities fit at a distance of at least "
        + "\(minimumDistance) from each other"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch self {
    case .invalidSetting(_, let setting, _, _): "give another value for \(setting)"
    case .invalidCount: "ask for fewer examples, or draw them in several parts with other seeds"
    case .identitiesTooClose: "ask for fewer identities or a smaller minimum distance"
    }
  }
}

/// Throws unless a setting meets its requirement.
func require(
  _ condition: Bool, _ set: String, _ setting: String, _ value: some Any, _ requirement: String
) throws(ProceduralError) {
  guard !condition else { return }
  throw .invalidSetting(
    set: set, setting: setting, value: "\(value)", requirement: requirement)
}
