/// The records of a ZIP archive, read with every bound checked.
struct ZIPRecords {
  private enum Signature {
    static let end = 0x0605_4B50
    static let locator = 0x0706_4B50
    static let largeEnd = 0x0606_4B50
    static let directoryEntry = 0x0201_4B50
    static let localHeader = 0x0403_4B50
  }

  let bytes: [UInt8]

  /// All entries of the directory.
  func directory() throws(ZIPError.Problem) -> [ZIPArchive.Entry] {
    var (offset, count) = try directoryPlace()
    var entries: [ZIPArchive.Entry] = []
    while entries.count < count {
      let what = "directory entry \(entries.count)"
      guard try number(at: offset, width: 4, in: what) == Signature.directoryEntry else {
        throw .wrongSignature(what: what, offset: offset)
      }
      let nameLength = try number(at: offset + 28, width: 2, in: what)
      let extraLength = try number(at: offset + 30, width: 2, in: what)
      let commentLength = try number(at: offset + 32, width: 2, in: what)
      let name = try slice(at: offset + 46, count: nameLength, in: what)
      var entry = ZIPArchive.Entry(
        name: String(decoding: name, as: UTF8.self),
        flags: try number(at: offset + 8, width: 2, in: what),
        method: try number(at: offset + 10, width: 2, in: what),
        checksum: UInt32(truncatingIfNeeded: try number(at: offset + 16, width: 4, in: what)),
        packedSize: try number(at: offset + 20, width: 4, in: what),
        size: try number(at: offset + 24, width: 4, in: what),
        offset: try number(at: offset + 42, width: 4, in: what))
      let extra = try slice(at: offset + 46 + nameLength, count: extraLength, in: what)
      try readLargeSizes(from: extra, into: &entry)
      entries.append(entry)
      offset += 46 + nameLength + extraLength + commentLength
    }
    return entries
  }

  /// The bytes of an entry as they stand in the archive.
  func packedBytes(of entry: ZIPArchive.Entry) throws(ZIPError.Problem) -> ArraySlice<UInt8> {
    let what = "entry '\(entry.name)'"
    guard try number(at: entry.offset, width: 4, in: what) == Signature.localHeader else {
      throw .wrongSignature(what: what, offset: entry.offset)
    }
    let nameLength = try number(at: entry.offset + 26, width: 2, in: what)
    let extraLength = try number(at: entry.offset + 28, width: 2, in: what)
    return try slice(
      at: entry.offset + 30 + nameLength + extraLength, count: entry.packedSize, in: what)
  }

  private func directoryPlace() throws(ZIPError.Problem) -> (offset: Int, count: Int) {
    // The last record has 22 bytes and a comment of at most 65535.
    let earliest = max(0, bytes.count - 22 - 0xFFFF)
    let candidates = stride(from: bytes.count - 22, through: earliest, by: -1)
    guard
      let end = candidates.first(where: {
        bytes[$0] == 0x50 && bytes[$0 + 1] == 0x4B && bytes[$0 + 2] == 5 && bytes[$0 + 3] == 6
      })
    else { throw .noDirectory }
    let what = "end record"
    let count = try number(at: end + 10, width: 2, in: what)
    let offset = try number(at: end + 16, width: 4, in: what)
    guard count == 0xFFFF || offset == 0xFFFF_FFFF, end >= 20,
      try number(at: end - 20, width: 4, in: what) == Signature.locator
    else { return (offset, count) }
    let large = try number(at: end - 12, width: 8, in: what)
    guard try number(at: large, width: 4, in: what) == Signature.largeEnd else {
      throw .wrongSignature(what: "end record of a large archive", offset: large)
    }
    return (
      try number(at: large + 48, width: 8, in: what), try number(at: large + 32, width: 8, in: what)
    )
  }

  /// Sizes and offset that did not fit into 32 bits stand, in this order, in an extra field of kind 1.
  private func readLargeSizes(
    from extra: ArraySlice<UInt8>, into entry: inout ZIPArchive.Entry
  ) throws(ZIPError.Problem) {
    let what = "extra field of entry '\(entry.name)'"
    var start = extra.startIndex
    while extra.endIndex - start >= 4 {
      let kind = try number(at: start, width: 2, in: what)
      let length = try number(at: start + 2, width: 2, in: what)
      start += 4
      guard kind == 1 else {
        start += length
        continue
      }
      for field in [\ZIPArchive.Entry.size, \.packedSize, \.offset]
      where entry[keyPath: field] == 0xFFFF_FFFF {
        guard start + 8 <= extra.endIndex else { throw .beyondEnd(what: what, offset: start) }
        entry[keyPath: field] = try number(at: start, width: 8, in: what)
        start += 8
      }
      return
    }
  }

  private func slice(
    at offset: Int, count: Int, in what: String
  ) throws(ZIPError.Problem) -> ArraySlice<UInt8> {
    guard 0...bytes.count ~= offset, 0...bytes.count - offset ~= count else {
      throw .beyondEnd(what: what, offset: offset)
    }
    return bytes[offset..<offset + count]
  }

  /// A little-endian number; one of 64 bits that no `Int` holds lies beyond the end of any file.
  private func number(at offset: Int, width: Int, in what: String) throws(ZIPError.Problem) -> Int {
    let value = try slice(at: offset, count: width, in: what)
      .reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: value) else { throw .beyondEnd(what: what, offset: offset) }
    return number
  }
}
