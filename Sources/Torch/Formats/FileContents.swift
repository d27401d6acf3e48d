import Foundation

/// Reads whole files.
package enum FileContents {
  /// The bytes of a file.
  ///
  /// - Throws: ``FileError`` when the file is missing, is a folder or cannot be read.
  package static func bytes(of url: URL) throws(FileError) -> [UInt8] {
    let path = url.relativePath
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(code: errno, action: "read", path: path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(code: errno, action: "read", path: path)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .isFolder(path: path) }

    // One byte more than the size, so that the end of the file shows without growing the array.
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
    var filled = 0
    while true {
      if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
      let start = filled
      let count = bytes.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(code: errno, action: "read", path: path) }
      guard count > 0 else { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}
