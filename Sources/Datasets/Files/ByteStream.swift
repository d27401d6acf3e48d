/// The bytes of a file from front to back, unpacked on the way when it is gzip data.
///
/// A reader takes what its header promises and no more, so a small file that unpacks to gigabytes
/// costs only what was promised.
final class ByteStream {
  /// What to call the data in errors.
  let name: String
  private let bytes: [UInt8]
  private let inflater: Inflater?
  /// How many bytes of the (unpacked) data were taken.
  private(set) var offset = 0

  init(_ bytes: [UInt8], name: String) throws {
    self.bytes = bytes
    self.name = name
    inflater = GZip.isGZip(bytes) ? try Inflater(bytes, name: name) : nil
  }

  /// The next bytes; fewer than asked for only at the end.
  func read(_ count: Int) throws -> [UInt8] {
    let result =
      try inflater?.read(count) ?? [UInt8](bytes.dropFirst(offset).prefix(max(0, count)))
    offset += result.count
    return result
  }

  /// Exactly `count` bytes.
  ///
  /// - Throws: `DatasetError` (truncated) naming what was being read.
  func take(_ count: Int, for what: String) throws -> [UInt8] {
    let start = offset
    let result = try read(count)
    guard result.count == count else {
      throw DatasetError.truncated(
        name,
        "ends in \(what): \(count) bytes are needed from byte \(start) on, "
          + "\(result.count) are there")
    }
    return result
  }

  /// A big-endian 32-bit unsigned number.
  func takeInteger(for what: String) throws -> Int {
    try take(4, for: what).reduce(0) { $0 << 8 | Int($1) }
  }

  /// Passes over bytes without keeping them.
  func skip(_ count: Int, in what: String) throws {
    var left = count
    while left > 0 {
      let piece = min(left, 1 << 20)
      _ = try take(piece, for: what)
      left -= piece
    }
  }

  /// Reads on to the end, so that the checksum of a gzip stream is checked, and says how much
  /// there was.
  func drain(limit: Int) throws -> Int {
    let start = offset
    while offset - start < limit, try !read(1 << 16).isEmpty {}
    return offset - start
  }
}
