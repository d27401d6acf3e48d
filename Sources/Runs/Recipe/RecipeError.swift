import Foundation

/// A recipe that cannot be read or does not fit what it is for.
public enum RecipeError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// The file is missing or the system does not give it out.
  case unreadable(file: String, reason: String)
  /// There is nothing in the file but, perhaps, comments.
  case empty(file: String)
  /// The text is not YAML.
  case invalidYAML(RecipePlace, problem: String)
  /// A mapping has the same key twice.
  case duplicateKeys(RecipePlace, keys: [String])
  /// The value is of the wrong type.
  case wrongType(RecipePlace, path: String, expected: String, found: String)
  /// The number does not fit the type that it is for.
  case outOfRange(RecipePlace, path: String, found: String, lowest: String, highest: String)
  /// The text is none of those that are allowed.
  case notAllowed(RecipePlace, path: String, found: String, allowed: [String])
  /// The type that reads the value refuses it.
  case invalid(RecipePlace, path: String, reason: String)
  /// A key that must be there is not; `similar` is one that is there and may be meant.
  case missingKey(RecipePlace, path: String, similar: String?)
  /// Keys that nothing asked for.
  case unknownKeys([UnknownKey])
  /// The recipe is for another kind of run.
  case otherKind(file: String, kind: String, expected: String)
  /// There is no kind of run of this name.
  case unknownKind(file: String, kind: String, known: [String])
  /// The recipe has no profile of this name.
  case unknownProfile(file: String, name: String, known: [String])
  /// An override that is not of the form `key.key=value`, or leads through a value without keys.
  case invalidOverride(String, problem: String)

  /// A key that nothing asked for.
  public struct UnknownKey: Sendable, Equatable {
    /// Where the key stands.
    public let place: RecipePlace
    /// The key with the keys that lead to it, separated by dots.
    public let path: String
    /// The path that may be meant.
    public let suggestion: String?
    /// The keys that were asked for in the same mapping.
    public let known: [String]
  }

  /// What was wrong, and where.
  public var errorDescription: String? { description }

  /// What was wrong, and where.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): return "\(file): \(reason)"
    case .empty(let file): return "\(file): the recipe is empty"
    case .invalidYAML(let place, let problem): return "\(place): not valid YAML: \(problem)"
    case .duplicateKeys(let place, let keys):
      return "\(place): the key \(Self.list(keys)) stands twice in one mapping"
    case .wrongType(let place, let path, let expected, let found):
      return "\(place): \(Self.lead(path))expected \(expected), found \(found)"
    case .outOfRange(let place, let path, let found, let lowest, let highest):
      return "\(place): \(Self.lead(path))\(found) is not between \(lowest) and \(highest)"
    case .notAllowed(let place, let path, let found, let allowed):
      let list = Self.list(allowed)
      return "\(place): \(Self.lead(path))expected one of \(list), found '\(found)'"
    case .invalid(let place, let path, let reason):
      return "\(place): \(Self.lead(path))\(reason)"
    case .missingKey(let place, let path, _): return "\(place): the key '\(path)' is missing"
    case .unknownKeys(let keys):
      return keys.map { "\($0.place): unknown key '\($0.path)'" }.joined(separator: ", ")
    case .unknownKind(let file, let kind, _):
      return "\(file): there is no kind of run '\(kind)'"
    case .otherKind(let file, let kind, let expected):
      return "\(file): a recipe for '\(kind)', not for '\(expected)'"
    case .unknownProfile(let file, let name, _):
      return "\(file): the recipe has no profile '\(name)'"
    case .invalidOverride(let text, let problem): return "--set \(text): \(problem)"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch self {
    case .unreadable: return "check the path"
    case .empty: return "see `touchstone recipes` for recipes to start from"
    case .duplicateKeys: return "remove one of them"
    case .notAllowed(_, _, let found, let allowed):
      return Self.meant(of: found, in: allowed)
    case .missingKey(_, _, let similar?): return "did you mean it by '\(similar)'?"
    case .missingKey: return "add it"
    case .unknownKeys(let keys):
      return keys.map(Self.advice).joined(separator: "; ")
    case .unknownKind(_, let kind, let known):
      return Self.meant(of: kind, in: known) ?? "choose one of \(Self.list(known))"
    case .otherKind: return "see `touchstone recipes`"
    case .unknownProfile(_, let name, let known):
      if let meant = Self.meant(of: name, in: known) { return meant }
      return known.isEmpty ? "leave the profile out" : "choose one of \(Self.list(known))"
    case .invalidOverride: return "write it as --set training.steps=500"
    case .invalidYAML, .wrongType, .outOfRange, .invalid: return nil
    }
  }

  private static func advice(_ key: UnknownKey) -> String {
    if let suggestion = key.suggestion {
      return "did you mean '\(suggestion)' by '\(key.path)'?"
    }
    return key.known.isEmpty
      ? "remove '\(key.path)'" : "the keys known beside '\(key.path)' are \(list(key.known))"
  }

  private static func lead(_ path: String) -> String { path.isEmpty ? "" : "\(path): " }

  private static func list(_ names: [String]) -> String {
    names.map { "'\($0)'" }.joined(separator: ", ")
  }
}
