import Foundation

/// An open file of a run.
final class ServedFile: Sendable {
  let type: ServedFileType
  /// The length in bytes when it was opened.
  let size: Int
  /// Which file it is, whatever its name.
  let identity: FileIdentity
  private let descriptor: Int32

  init(descriptor: Int32, type: ServedFileType, status: stat) {
    self.descriptor = descriptor
    self.type = type
    size = Int(status.st_size)
    identity = FileIdentity(status)
  }

  deinit { close(descriptor) }

  /// Up to so many bytes from a place; empty at the end.
  ///
  /// - Throws: a `POSIXError`.
  func read(at offset: Int, count: Int) throws -> Data {
    var data = Data(count: count)
    let read = data.withUnsafeMutableBytes { buffer in
      pread(descriptor, buffer.baseAddress, count, off_t(offset))
    }
    guard read >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return data.prefix(read)
  }
}

/// Which file it is.
struct FileIdentity: Sendable, Equatable {
  private let device: UInt64
  private let number: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }

  /// The file at a path, or nil when there is none.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}
