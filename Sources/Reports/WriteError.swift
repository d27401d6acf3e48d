import Foundation

/// A file or folder that could not be written; nothing of the attempt is left behind.
public enum WriteError: Error, Sendable, Equatable {
  /// The disk, or the user's share of it, is full.
  case full(path: String)
  /// The folder or file does not allow it.
  case denied(path: String)
  /// A folder is where a file should be, or the other way round.
  case kind(path: String, expected: String)
  /// A name that leads out of the folder, or stands twice in the list.
  case name(String)
  /// Anything else that the system said.
  case system(path: String, message: String)

  init(path: String, code: Int32) {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: self = .full(path: path)
    case EACCES, EPERM, EROFS: self = .denied(path: path)
    case ENOTDIR: self = .kind(path: path, expected: "folder")
    case EISDIR: self = .kind(path: path, expected: "file")
    default: self = .system(path: path, message: String(cString: strerror(code)))
    }
  }
}

extension WriteError: LocalizedError, CustomStringConvertible {
  /// What was wrong, in one sentence.
  public var errorDescription: String? { description }

  /// What was wrong, in one sentence.
  public var description: String {
    switch self {
    case .full(let path): "there is no space left to write \"\(path)\""
    case .denied(let path): "\"\(path)\" may not be written"
    case .kind(let path, let expected): "\"\(path)\" is in the way of a \(expected)"
    case .name(let name): "\"\(name)\" cannot be the name of a file in a report folder"
    case .system(let path, let message):
      "\"\(path)\" could not be written (\(message.lowercased()))"
    }
  }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch self {
    case .full: "free some space or choose a folder on another disk"
    case .denied: "choose a folder that you may write, or change its permissions"
    case .kind(_, let expected): "move it away or choose another name for the \(expected)"
    case .name: "use each plain name once, without \"/\""
    case .system: "check the path, then try again"
    }
  }
}
