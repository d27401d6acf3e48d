import CZlib

/// Reads ZIP archives: stored and deflated entries, with the extension for large files.
///
/// The format is that of PKWARE's APPNOTE 6.3. Only the directory at the end is believed; the headers
/// in front of the entries may lack sizes when the archive was written as a stream.
struct ZIPArchive {
  /// What the directory says about one file in the archive.
  struct Entry {
    let name: String
    let flags: Int
    let method: Int
    let checksum: UInt32
    var packedSize: Int
    var size: Int
    var offset: Int
  }

  let entries: [Entry]
  private let records: ZIPRecords

  /// Reads the directory of an archive.
  init(_ bytes: [UInt8]) throws(ZIPError.Problem) {
    records = ZIPRecords(bytes: bytes)
    entries = try records.directory()
    var names: Set<String> = []
    for entry in entries where !names.insert(entry.name).inserted {
      throw .duplicate(entry: entry.name)
    }
  }

  /// The unpacked bytes of an entry, whose checksum was compared.
  func contents(of entry: Entry) throws(ZIPError.Problem) -> [UInt8] {
    guard entry.flags & 1 == 0 else { throw .unsupported(entry: entry.name, what: "encrypted") }
    let packed = try records.packedBytes(of: entry)
    let contents: [UInt8]
    switch entry.method {
    case 0:
      guard packed.count == entry.size else {
        throw .wrongSize(entry: entry.name, expected: entry.size)
      }
      contents = Array(packed)
    case 8: contents = try Self.inflated(packed, of: entry)
    default:
      throw .unsupported(entry: entry.name, what: "packed by method \(entry.method)")
    }
    let found = Self.checksum(of: contents)
    guard found == entry.checksum else {
      throw .wrongChecksum(entry: entry.name, expected: entry.checksum, found: found)
    }
    return contents
  }

  /// CRC-32 of some bytes.
  static func checksum(of bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
    }
  }

  private static func inflated(
    _ packed: ArraySlice<UInt8>, of entry: Entry
  ) throws(ZIPError.Problem) -> [UInt8] {
    // Deflate never packs better than 1032 to 1, so that a false size cannot claim all memory.
    guard entry.size / 1032 <= packed.count else {
      throw .wrongSize(entry: entry.name, expected: entry.size)
    }
    var stream = z_stream()
    guard
      inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .damaged(entry: entry.name, offset: packed.startIndex) }
    defer { inflateEnd(&stream) }
    // One byte more than promised shows whether there is more.
    var output = [UInt8](repeating: 0, count: entry.size + 1)
    var (read, written) = (0, 0)
    var code = Z_OK
    while code == Z_OK {
      packed.withUnsafeBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
          stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + read) }
          stream.avail_in = uInt(clamping: source.count - read)
          stream.next_out = target.baseAddress.map { $0 + written }
          stream.avail_out = uInt(clamping: target.count - written)
          let (inBefore, outBefore) = (stream.avail_in, stream.avail_out)
          code = inflate(&stream, Z_NO_FLUSH)
          read += Int(inBefore - stream.avail_in)
          written += Int(outBefore - stream.avail_out)
        }
      }
    }
    guard code == Z_STREAM_END || written > entry.size else {
      throw .damaged(entry: entry.name, offset: packed.startIndex)
    }
    guard written == entry.size else { throw .wrongSize(entry: entry.name, expected: entry.size) }
    output.removeLast()
    return output
  }
}
