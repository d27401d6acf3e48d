import CZlib

/// Unpacks a gzip stream piece by piece, so that a reader decides how much it is ready to hold.
///
/// Streams of several members are read as one; zero bytes after the last member are padding.
/// zlib checks the CRC and the length of each member.
final class Inflater {
  private let source: [UInt8]
  private let name: String
  private let stream: UnsafeMutablePointer<z_stream>
  private var consumed = 0
  private var atEnd = false

  /// - Throws: `DatasetError` (corrupt) when the first bytes are not gzip's.
  init(_ source: [UInt8], name: String) throws {
    self.source = source
    self.name = name
    // zlib keeps a pointer to the stream, so it must not move.
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard GZip.isGZip(source) else {
      throw DatasetError.corrupt(name, "is not gzip data (its first bytes are not 1f 8b)")
    }
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, 31, ZLIB_VERSION, size) == Z_OK else {
      throw DatasetError.corrupt(name, "zlib could not start: \(zlibMessage)")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// The next bytes, as many as asked for unless the stream ends before.
  ///
  /// - Throws: `DatasetError` (truncated, corrupt).
  func read(_ count: Int) throws -> [UInt8] {
    var result: [UInt8] = []
    // A header may promise anything: memory is taken only as data really arrives.
    let piece = 1 << 22
    while result.count < count, !atEnd {
      let wanted = min(piece, count - result.count)
      let bytes = try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        filled = try fill(buffer)
      }
      if result.isEmpty { result = bytes } else { result.append(contentsOf: bytes) }
    }
    return result
  }

  private func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    var filled = 0
    while filled < buffer.count, !atEnd {
      let window = min(source.count - consumed, 1 << 30)
      let room = min(buffer.count - filled, 1 << 30)
      let status = source.withUnsafeBufferPointer { input in
        stream.pointee.next_in = input.baseAddress.map {
          UnsafeMutablePointer(mutating: $0 + consumed)
        }
        stream.pointee.avail_in = UInt32(window)
        stream.pointee.next_out = start + filled
        stream.pointee.avail_out = UInt32(room)
        return inflate(stream, Z_NO_FLUSH)
      }
      consumed += window - Int(stream.pointee.avail_in)
      filled += room - Int(stream.pointee.avail_out)
      try advance(after: status)
    }
    return filled
  }

  private func advance(after status: Int32) throws {
    switch status {
    case Z_OK: break
    case Z_STREAM_END: try startNextMember()
    case Z_BUF_ERROR:
      throw DatasetError.truncated(
        name, "the gzip stream stops after \(source.count) bytes, before its end")
    default:
      throw DatasetError.corrupt(
        name, "the gzip stream is damaged near byte \(consumed) (\(zlibMessage))")
    }
  }

  private func startNextMember() throws {
    let rest = source[consumed...]
    if rest.allSatisfy({ $0 == 0 }) {
      atEnd = true
    } else if rest.starts(with: [0x1F, 0x8B]) {
      inflateReset(stream)
    } else {
      throw DatasetError.corrupt(
        name, "bytes that are not gzip's follow the stream's end at byte \(consumed)")
    }
  }

  private var zlibMessage: String {
    stream.pointee.msg.map { String(cString: $0) } ?? "no reason given"
  }
}
