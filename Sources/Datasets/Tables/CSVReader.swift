/// Splits delimited text into rows of fields (RFC 4180): fields may be quoted, and quoted fields may
/// hold delimiters, line ends and doubled quotes.
struct CSVReader {
  /// A row with the line of the file on which it begins, from 1.
  struct Row: Equatable, Sendable {
    let line: Int
    let fields: [String]
  }

  private static let quote = UInt8(ascii: "\"")
  private let bytes: [UInt8]
  private let delimiter: UInt8
  private let name: String
  private var offset: Int
  private var line = 1

  private init(_ bytes: [UInt8], delimiter: UInt8, name: String) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.name = name
    offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// All rows of a file; empty lines are passed over.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - delimiter: what stands between fields; nil takes the one of comma, semicolon and tab that
  ///     is most frequent in the first line.
  ///   - name: what to call the file in errors.
  /// - Throws: `DatasetError` (corrupt, countsDiffer) with line and column.
  static func rows(
    _ bytes: [UInt8], delimiter: Character? = nil, name: String
  ) throws -> [Row] {
    let byte = delimiter?.asciiValue ?? mostFrequentDelimiter(bytes)
    var reader = CSVReader(bytes, delimiter: byte, name: name)
    var rows: [Row] = []
    while let row = try reader.next() {
      if row.fields == [""] { continue }
      if let first = rows.first, first.fields.count != row.fields.count {
        throw DatasetError(
          .countsDiffer, in: name,
          "line \(row.line) has \(row.fields.count) fields, but line \(first.line) has "
            + "\(first.fields.count)",
          remedy: "give every line the same number of fields, quoted where they hold the delimiter")
      }
      rows.append(row)
    }
    return rows
  }

  private static func mostFrequentDelimiter(_ bytes: [UInt8]) -> UInt8 {
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    let choices = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    let counts = choices.map { choice in line.count { $0 == choice } }
    let best = counts.max() ?? 0
    return zip(choices, counts).first { $0.1 == best }?.0 ?? choices[0]
  }

  private mutating func next() throws -> Row? {
    guard offset < bytes.count else { return nil }
    let start = line
    var fields: [String] = []
    while true {
      fields.append(try field(number: fields.count + 1))
      guard offset < bytes.count else { break }
      let byte = bytes[offset]
      offset += 1
      if byte == delimiter { continue }
      if byte == 0x0D, offset < bytes.count, bytes[offset] == 0x0A { offset += 1 }
      line += 1
      break
    }
    return Row(line: start, fields: fields)
  }

  /// One field; stops on what ends it.
  private mutating func field(number: Int) throws -> String {
    guard offset < bytes.count, bytes[offset] == CSVReader.quote else {
      let start = offset
      while offset < bytes.count, !isEnd(bytes[offset]) { offset += 1 }
      return Text.trimmed(Text.decode([UInt8](bytes[start..<offset])))
    }
    let start = line
    var content: [UInt8] = []
    offset += 1
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      guard byte == CSVReader.quote else {
        if byte == 0x0A { line += 1 }
        content.append(byte)
        continue
      }
      guard offset < bytes.count, !isEnd(bytes[offset]) else { return Text.decode(content) }
      guard bytes[offset] == CSVReader.quote else {
        throw DatasetError(
          .corrupt, in: name,
          "line \(line), column \(number): text follows the closing quote of a field",
          remedy: "write a quote inside a quoted field twice")
      }
      content.append(byte)
      offset += 1
    }
    throw DatasetError(
      .truncated, in: name, "line \(start), column \(number): a quoted field is never closed",
      remedy: "close the quote")
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == delimiter || byte == 0x0A || byte == 0x0D
  }
}
