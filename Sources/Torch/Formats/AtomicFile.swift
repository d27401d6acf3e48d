import Foundation

/// Writes files so that a reader sees either the old contents or all of the new ones.
///
/// The contents go to a temporary name in the same folder, are synced to the disk and then renamed.
/// A failure at any point leaves an older file as it was and nothing new behind.
public enum AtomicFile {
  /// Writes a file in one piece.
  ///
  /// - Throws: ``FileError``; a full disk and missing permissions are cases of their own.
  public static func write(_ data: Data, to url: URL) throws(FileError) {
    try write(to: url) { (output) throws(FileError) in try output.append(data) }
  }

  /// Writes a file piece by piece.
  ///
  /// - Parameters:
  ///   - url: the file, which is replaced when there is one; a symbolic link is followed.
  ///   - contents: appends the pieces in order.
  /// - Throws: ``FileError``; a full disk and missing permissions are cases of their own.
  public static func write(
    to url: URL, contents: (Output) throws(FileError) -> Void
  ) throws(FileError) {
    let target = url.resolvingSymlinksInPath()
    let shown = url.relativePath
    var status = stat()
    if stat(target.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw .isFolder(path: shown)
    }
    let folder = target.deletingLastPathComponent()
    let partial = folder.appendingPathComponent(".\(UUID().uuidString).partial")
    let descriptor = open(partial.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(code: errno, action: "write", path: shown) }
    do throws(FileError) {
      let output = Output(descriptor: descriptor, path: shown)
      do throws(FileError) { try contents(output) } catch {
        close(descriptor)
        throw error
      }
      try output.finish()
      guard rename(partial.path, target.path) == 0 else {
        throw FileError(code: errno, action: "write", path: shown)
      }
    } catch {
      unlink(partial.path)
      throw error
    }
    synchronise(folder: folder)
  }

  /// Makes a rename last through a power cut; file systems that cannot do so are left alone.
  private static func synchronise(folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

extension AtomicFile {
  /// Where the pieces of a file go while it is written.
  public struct Output {
    let descriptor: Int32
    let path: String

    /// Appends bytes.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileError(code: errno, action: "write", path: path) }
        rest = rest.dropFirst(count)
      }
    }

    /// Appends bytes.
    public func append(_ bytes: some ContiguousBytes) throws(FileError) {
      let result = bytes.withUnsafeBytes { buffer in
        Result { () throws(FileError) in try append(buffer) }
      }
      try result.get()
    }

    /// Syncs and closes; some file systems report a full disk only here.
    func finish() throws(FileError) {
      let synced = fsync(descriptor) == 0
      let code = errno
      let closed = close(descriptor) == 0
      guard synced || code == EINVAL else {
        throw FileError(code: code, action: "write", path: path)
      }
      guard closed else { throw FileError(code: errno, action: "write", path: path) }
    }
  }
}
