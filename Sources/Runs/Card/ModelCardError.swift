import Foundation

/// Why there can be no model card.
public enum ModelCardError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// No run and no sweep of the store is in the folder.
  case unknownFolder(String)
  /// Nothing is finished yet.
  case unfinished(id: String, state: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .unknownFolder(let path): "the store knows no run and no sweep in the folder \(path)"
    case .unfinished(let id, let state): "\(id) is \(state), and nothing of it is measured"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .unknownFolder: "give its store with --store, or an id of `touchstone runs list`"
    case .unfinished: "go on with it first (`touchstone runs resume`)"
    }
  }
}
