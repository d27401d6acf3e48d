/// The one place where gzip data is unpacked.
public enum GZip {
  /// How much data is unpacked where nothing else bounds it: 4 GiB.
  public static let defaultLimit = 1 << 32

  /// Whether bytes begin with gzip's two magic bytes.
  public static func isGZip(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// All the data of a gzip stream, its CRC and length checked.
  ///
  /// - Parameters:
  ///   - bytes: one or more gzip members (RFC 1952).
  ///   - name: what to call the data in errors.
  ///   - limit: the greatest number of bytes to unpack, against streams made to fill the memory.
  /// - Throws: `DatasetError` (truncated, corrupt, tooLarge).
  public static func inflate(
    _ bytes: [UInt8], name: String, limit: Int = defaultLimit
  ) throws -> [UInt8] {
    let inflater = try Inflater(bytes, name: name)
    let result = try inflater.read(limit)
    guard try inflater.read(1).isEmpty else {
      throw DatasetError(
        .tooLarge, in: name, "unpacks to more than the limit of \(limit) bytes",
        remedy: "check that the file is what it should be, or unpack it by hand")
    }
    return result
  }
}
