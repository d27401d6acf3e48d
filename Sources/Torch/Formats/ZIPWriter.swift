/// Puts files into a ZIP archive without packing them.
struct ZIPWriter {
  /// The first day that the format can name: archives of equal contents are equal.
  private static let date = 1 << 5 | 1
  /// Names are UTF-8.
  private static let flags = 1 << 11

  private var archive: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// Adds a file.
  mutating func append(_ contents: [UInt8], named name: String) throws(ZIPError.Problem) {
    let name = Array(name.utf8)
    guard archive.count + contents.count < Int(UInt32.max), count < 0xFFFF, name.count <= 0xFFFF
    else { throw .tooLarge }
    let offset = archive.count
    let checksum = Int(ZIPArchive.checksum(of: contents))
    var common = Self.encoded([(20, 2), (Self.flags, 2), (0, 2), (0, 2), (Self.date, 2)])
    common += Self.encoded([(checksum, 4), (contents.count, 4), (contents.count, 4)])
    common += Self.encoded([(name.count, 2), (0, 2)])
    archive += Self.encoded([(0x0403_4B50, 4)]) + common + name + contents
    directory += Self.encoded([(0x0201_4B50, 4), (20, 2)]) + common
    directory += Self.encoded([(0, 2), (0, 2), (0, 2), (0, 4), (offset, 4)]) + name
    count += 1
  }

  /// The archive with its directory.
  func finished() throws(ZIPError.Problem) -> [UInt8] {
    guard archive.count + directory.count < Int(UInt32.max) else { throw .tooLarge }
    let end = Self.encoded([
      (0x0605_4B50, 4), (0, 2), (0, 2), (count, 2), (count, 2), (directory.count, 4),
      (archive.count, 4), (0, 2),
    ])
    return archive + directory + end
  }

  /// Little-endian numbers of the given widths, in bytes.
  private static func encoded(_ numbers: [(value: Int, width: Int)]) -> [UInt8] {
    numbers.flatMap { number in
      (0..<number.width).map { UInt8(truncatingIfNeeded: number.value >> (8 * $0)) }
    }
  }
}
