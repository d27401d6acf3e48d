/// Reads a tar archive (ustar, pax and GNU long names), plain or gzip, from front to back.
package struct Tar {
  /// A regular file of an archive.
  package struct Entry {
    /// Its path inside the archive, without a leading `./`.
    package let path: String
    /// Its content.
    package let bytes: [UInt8]
  }

  /// The most that one file of an archive may hold: 1 GiB.
  static let entryLimit = 1 << 30
  /// The most that is kept of one archive: 16 GiB.
  static let totalLimit = 1 << 34
  private static let block = 512

  private let stream: ByteStream
  /// What extended headers said about the next file.
  private var longName: String?
  private var longSize: Int?

  private init(_ bytes: [UInt8], name: String) throws {
    stream = try ByteStream(bytes, name: name)
  }

  /// The regular files of an archive that are wanted, in the archive's order.
  ///
  /// - Parameters:
  ///   - bytes: the archive, plain or gzip.
  ///   - name: what to call it in errors.
  ///   - isWanted: whether to keep the file at a path; the others are passed over.
  /// - Throws: `DatasetError` (truncated, corrupt, tooLarge).
  package static func entries(
    of bytes: [UInt8], name: String, where isWanted: (String) -> Bool
  ) throws -> [Entry] {
    var reader = try Tar(bytes, name: name)
    var entries: [Entry] = []
    var total = 0
    while let header = try reader.nextFile() {
      let path = header.path
      guard isWanted(path) else {
        try reader.stream.skip(padded(header.size), in: path)
        continue
      }
      total += header.size
      guard header.size <= entryLimit, total <= totalLimit else {
        throw reader.tooLarge(path)
      }
      entries.append(Entry(path: path, bytes: try reader.content(header)))
    }
    return entries
  }

  /// Whether a first block of a file looks like a tar header: its checksum is right.
  static func isHeader(_ block: [UInt8]) -> Bool {
    block.count >= Tar.block && checksumIsRight(block[..<Tar.block])
      && block.contains { $0 != 0 }
  }

  private struct Header {
    var path: String
    var size: Int
    var kind: UInt8
  }

  private mutating func nextFile() throws -> Header? {
    while let header = try nextHeader() {
      switch header.kind {
      case UInt8(ascii: "0"), 0, UInt8(ascii: "7"):
        defer { (longName, longSize) = (nil, nil) }
        let path = Tar.normalised(longName ?? header.path)
        // Before ustar, a folder was a file whose name ends in a slash.
        if path.hasSuffix("/") { continue }
        return Header(path: path, size: longSize ?? header.size, kind: header.kind)
      case UInt8(ascii: "L"): longName = Tar.text(try extra(header)[...])
      case UInt8(ascii: "x"): try readPax(try extra(header))
      default:
        // Folders, links, devices, global headers: nothing to load.
        try stream.skip(Tar.padded(longSize ?? header.size), in: header.path)
        if header.kind != UInt8(ascii: "K"), header.kind != UInt8(ascii: "g") {
          (longName, longSize) = (nil, nil)
        }
      }
    }
    return nil
  }

  private mutating func nextHeader() throws -> Header? {
    let start = stream.offset
    let block = try stream.read(Tar.block)
    guard block.count == Tar.block else {
      throw DatasetError.truncated(
        stream.name, "the tar archive stops at byte \(start), before its end marker")
    }
    if block.allSatisfy({ $0 == 0 }) {
      _ = try stream.drain(limit: 1 << 24)
      return nil
    }
    guard Tar.checksumIsRight(block[...]) else {
      throw DatasetError.corrupt(
        stream.name, "the tar header at byte \(start) has a wrong checksum")
    }
    guard let size = Tar.number(block[124..<136]) else {
      throw DatasetError.corrupt(stream.name, "the tar header at byte \(start) has no valid size")
    }
    var path = Tar.text(block[0..<100])
    let isPosix = block[257..<263].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0])
    if isPosix, block[345] != 0 { path = Tar.text(block[345..<500]) + "/" + path }
    return Header(path: path, size: size, kind: block[156])
  }

  /// The content of an extended header, which is always small.
  private func extra(_ header: Header) throws -> [UInt8] {
    guard header.size <= 1 << 20 else { throw tooLarge(header.path) }
    return try content(header)
  }

  private func content(_ header: Header) throws -> [UInt8] {
    let bytes = try stream.take(header.size, for: header.path)
    try stream.skip(Tar.padded(header.size) - header.size, in: header.path)
    return bytes
  }

  /// Records `length key=value\n` of a pax header; only path and size matter here.
  private mutating func readPax(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while let space = rest.firstIndex(of: UInt8(ascii: " ")) {
      let field = rest[rest.startIndex..<space]
      guard let length = Int(Tar.text(field)), length > field.count + 1, length <= rest.count
      else {
        throw DatasetError.corrupt(
          stream.name, "the pax header before byte \(stream.offset) has a wrong length")
      }
      let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
      rest = rest.dropFirst(length)
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let value = Tar.text(record[(equals + 1)...])
      switch Tar.text(record[..<equals]) {
      case "path": longName = value
      case "size":
        guard let size = Int(value), size >= 0 else {
          throw DatasetError.corrupt(stream.name, "a pax header gives the size as \"\(value)\"")
        }
        longSize = size
      default: break
      }
    }
  }

  private func tooLarge(_ path: String) -> DatasetError {
    DatasetError(
      .tooLarge, in: stream.name, "its member \(path) is larger than a data set may be",
      remedy: "check that the archive is what it should be, or unpack it by hand")
  }

  // MARK: Fields

  private static func normalised(_ path: String) -> String {
    var path = path[...]
    while path.hasPrefix("./") { path = path.dropFirst(2) }
    return String(path)
  }

  private static func padded(_ size: Int) -> Int {
    // A size near Int.max only has to stay too large, not exact.
    size > Int.max - block ? Int.max : (size + block - 1) / block * block
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A number in octal digits, or in GNU's base-256 form for large files.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if let first = field.first, first & 0x80 != 0 {
      guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
      return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = text(field).filter { $0 != " " }
    return digits.isEmpty ? 0 : Int(digits, radix: 8).flatMap { $0 < 0 ? nil : $0 }
  }

  /// The sum of a header's bytes, with the checksum's own field read as spaces.
  private static func checksumIsRight(_ block: ArraySlice<UInt8>) -> Bool {
    let start = block.startIndex
    let field = (start + 148)..<(start + 156)
    var sum = 0
    for byte in block { sum += Int(byte) }
    for byte in block[field] { sum += 32 - Int(byte) }
    return number(block[field]) == sum
  }
}
