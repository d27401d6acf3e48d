import Foundation

/// A file that appears under its name complete or not at all.
public enum AtomicFile {
  /// Writes a file under a temporary name beside it, syncs it, and renames it over what was there.
  ///
  /// A device or pipe, such as `/dev/stdout`, is written directly. A symbolic link stays, and what
  /// it leads to is replaced.
  ///
  /// - Throws: `WriteError`; then no temporary file is left and what was there is unchanged.
  public static func write(_ data: Data, to path: String) throws(WriteError) {
    var status = stat()
    if stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG: break
      case S_IFDIR: throw .kind(path: path, expected: "file")
      default: return try fill(path, with: data, flags: O_WRONLY)
      }
    }
    let staged = try stage(data, for: path)
    try staged.commit()
    syncFolder(of: staged.path)
  }

  /// A complete file under a temporary name.
  struct Staged {
    let temporary: String
    let path: String

    func commit() throws(WriteError) {
      guard rename(temporary, path) == 0 else {
        let code = errno
        discard()
        throw WriteError(path: path, code: code)
      }
    }

    func discard() { unlink(temporary) }
  }

  /// Writes the temporary file; the caller commits or discards it.
  static func stage(_ data: Data, for path: String) throws(WriteError) -> Staged {
    let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let name = ".\(url.lastPathComponent).\(getpid())-\(UUID().uuidString.prefix(8)).tmp"
    let temporary = url.deletingLastPathComponent().appendingPathComponent(name).path
    do {
      try fill(temporary, with: data, flags: O_WRONLY | O_CREAT | O_EXCL)
    } catch {
      unlink(temporary)
      // The user knows the file by its own name.
      throw error.renamed(from: temporary, to: path)
    }
    return Staged(temporary: temporary, path: url.path)
  }

  /// Makes renames in a folder last; a file system that cannot is left alone.
  static func syncFolder(of path: String) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func fill(_ path: String, with data: Data, flags: Int32) throws(WriteError) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw WriteError(path: path, code: errno) }
    var code = data.withUnsafeBytes { copy($0, to: descriptor) }
    // Pipes and devices have nothing to sync.
    if code == 0, fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP, errno != EROFS {
      code = errno
    }
    if close(descriptor) != 0, code == 0, errno != EINTR { code = errno }
    if code != 0 { throw WriteError(path: path, code: code) }
  }

  /// Zero, or the error number.
  private static func copy(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Foundation.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      rest = rest.dropFirst(count)
    }
    return 0
  }
}

extension WriteError {
  /// The same error about another path.
  fileprivate func renamed(from old: String, to new: String) -> WriteError {
    switch self {
    case .full(old): .full(path: new)
    case .denied(old): .denied(path: new)
    case .kind(old, let expected): .kind(path: new, expected: expected)
    case .system(old, let message): .system(path: new, message: message)
    default: self
    }
  }
}
