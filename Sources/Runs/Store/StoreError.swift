import Foundation
import GRDB

/// Why the run store cannot be used.
public enum StoreError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// There is no store at the path.
  case missing(path: String)
  /// Another process holds the store for longer than is waited.
  case locked(path: String)
  /// The file or its folder may not be written, or not be read.
  case denied(path: String)
  /// There is no space left.
  case full(path: String)
  /// The file is no SQLite database, or a damaged one.
  case damaged(path: String, reason: String)
  /// A newer version of Touchstone made the store.
  case newer(path: String)
  /// SQLite refuses for another reason.
  case refused(path: String, reason: String)
  /// No run has an id that begins so.
  case unknownRun(String)
  /// Several runs have ids that begin so.
  case ambiguousRun(String, matches: [String])
  /// No sweep has an id that begins so.
  case unknownSweep(String, known: [String])
  /// Another process works on the run.
  case busyRun(String)
  /// A tag that cannot be one.
  case tag(String)

  init(_ error: DatabaseError, path: String) {
    self =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: .locked(path: path)
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN: .denied(path: path)
      case .SQLITE_FULL: .full(path: path)
      case .SQLITE_NOTADB, .SQLITE_CORRUPT:
        .damaged(path: path, reason: error.message ?? "\(error.resultCode)")
      default: .refused(path: path, reason: error.message ?? "\(error.resultCode)")
      }
  }

  /// What was wrong.
  public var description: String {
    switch self {
    case .missing(let path): "there is no run store at \(path)"
    case .locked(let path): "\(path) is locked by another process"
    case .denied(let path): "\(path) may not be opened or written"
    case .full(let path): "there is no space left to write \(path)"
    case .damaged(let path, let reason): "\(path) is not a sound SQLite database (\(reason))"
    case .newer(let path): "\(path) was made by a newer version of touchstone"
    case .refused(let path, let reason): "\(path): SQLite says \"\(reason)\""
    case .unknownRun(let id): "there is no run '\(id)'"
    case .ambiguousRun(let id, let matches):
      "'\(id)' stands for \(matches.count) runs: \(matches.prefix(5).joined(separator: ", "))"
    case .unknownSweep(let id, _): "there is no sweep '\(id)'"
    case .busyRun(let id): "another process works on the run \(id)"
    case .tag(let tag): "'\(tag)' cannot be a tag"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .missing: "train or ablate something first, or give the file with --store"
    case .locked: "wait until it is done, or give another file with --store"
    case .denied: "change its permissions, or give another file with --store"
    case .full: "free some space or give a file on another disk with --store"
    case .damaged: "restore it from a backup, or move it away to begin a new one"
    case .newer: "update touchstone, or give another file with --store"
    case .refused: "check the file and its folder"
    case .unknownRun: "see `touchstone runs list`"
    case .ambiguousRun: "give more characters of the id"
    case .unknownSweep(_, let known):
      known.isEmpty
        ? "see `touchstone runs list`"
        : "choose one of \(known.prefix(8).joined(separator: ", "))"
    case .busyRun: "wait until it is done"
    case .tag: "use letters, digits, '-', '_' and '.'"
    }
  }
}
