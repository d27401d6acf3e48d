import Foundation

/// A file that cannot be read or written.
public enum FileError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// There is no file or folder of this name.
  case notFound(path: String)
  /// A folder is where a file should be.
  case isFolder(path: String)
  /// The system does not permit the action (`"read"` or `"write"`) on this file.
  case notPermitted(action: String, path: String)
  /// The disk or the user's quota is full.
  case noSpace(path: String)
  /// Anything else that the system says, in its own words.
  case failed(action: String, path: String, reason: String)

  /// Classifies what the system reported in `errno`.
  package init(code: Int32, action: String, path: String) {
    switch code {
    case ENOENT, ENOTDIR: self = .notFound(path: path)
    case EISDIR: self = .isFolder(path: path)
    case EACCES, EPERM, EROFS: self = .notPermitted(action: action, path: path)
    case ENOSPC, EDQUOT, EFBIG: self = .noSpace(path: path)
    default: self = .failed(action: action, path: path, reason: String(cString: strerror(code)))
    }
  }

  /// What was wrong, and with which file.
  public var errorDescription: String? { description }

  /// What was wrong, and with which file.
  public var description: String {
    switch self {
    case .notFound(let path): "\(path): no such file or folder"
    case .isFolder(let path): "\(path) is a folder, not a file"
    case .notPermitted(let action, let path): "no permission to \(action) \(path)"
    case .noSpace(let path): "no space left to write \(path)"
    case .failed(let action, let path, let reason): "cannot \(action) \(path): \(reason)"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch self {
    case .notFound: "check the path"
    case .isFolder: "name a file in it"
    case .notPermitted: "change the permissions or name another path"
    case .noSpace: "free some space or name a path on another disk"
    case .failed: nil
    }
  }
}
