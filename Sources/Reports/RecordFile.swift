import Foundation
import Synchronization

/// A file that grows by whole records (TFRecord): a length, its masked CRC-32C, the content, and the
/// masked CRC-32C of the content.
///
/// Every call of `append` is one write, so that a kill leaves at most one incomplete record, at the
/// end, which readers skip.
final class RecordFile: Sendable {
  private struct Opened: Sendable {
    let descriptor: Int32
    /// Where the last complete record ends.
    var end: off_t = 0
  }

  let path: String
  private let opened: Mutex<Opened?>

  /// A new, empty file.
  ///
  /// - Throws: `WriteError`, also when the file is there already.
  init(path: String) throws(WriteError) {
    self.path = path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw WriteError(path: path, code: errno) }
    opened = Mutex(Opened(descriptor: descriptor))
  }

  deinit {
    opened.withLock { if let file = $0 { _ = Foundation.close(file.descriptor) } }
  }

  /// Appends records.
  ///
  /// - Throws: `WriteError`; then what was written of them is cut off again, because readers give a
  ///   file up at a broken record that others follow. Also after `close`.
  func append(_ messages: [[UInt8]]) throws(WriteError) {
    let records = messages.flatMap(Self.record)
    try opened.withLock { (file: inout Opened?) throws(WriteError) in
      guard let current = file else {
        throw .system(path: path, message: "it is closed")
      }
      let code = Self.write(records, to: current.descriptor)
      guard code != 0 else {
        file?.end += off_t(records.count)
        return
      }
      if ftruncate(current.descriptor, current.end) != 0 {
        _ = Foundation.close(current.descriptor)
        file = nil
      }
      throw WriteError(path: path, code: code)
    }
  }

  /// Makes the content last and ends the file; a second call does nothing.
  ///
  /// - Throws: `WriteError`; the file is closed all the same.
  func close() throws(WriteError) {
    try opened.withLock { (file: inout Opened?) throws(WriteError) in
      guard let current = file else { return }
      file = nil
      var code = fsync(current.descriptor) == 0 ? 0 : errno
      // Some file systems cannot sync.
      if code == EINVAL || code == ENOTSUP { code = 0 }
      if Foundation.close(current.descriptor) != 0, code == 0, errno != EINTR { code = errno }
      if code != 0 { throw WriteError(path: path, code: code) }
    }
  }

  /// Zero, or the error number. Only a full disk or a signal makes more than one write of it.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      rest = rest.dropFirst(count)
    }
    return 0
  }

  private static func record(_ message: [UInt8]) -> [UInt8] {
    var length = ProtobufWriter()
    length.append(littleEndian: UInt64(message.count))
    var checks = (ProtobufWriter(), ProtobufWriter())
    checks.0.append(littleEndian: CRC32C.masked(length.bytes))
    checks.1.append(littleEndian: CRC32C.masked(message))
    return length.bytes + checks.0.bytes + message + checks.1.bytes
  }
}
