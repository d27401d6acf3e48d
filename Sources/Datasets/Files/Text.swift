/// Text files of unknown encoding.
enum Text {
  /// The text of a file: UTF-8 (a byte order mark is dropped) where it is valid, else Latin-1, in
  /// which every byte is a letter.
  static func decode(_ bytes: [UInt8]) -> String {
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    if let text = String(validating: body, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(body.map { Unicode.Scalar($0) }))
  }

  /// The lines of a file, ended by LF, CR LF or CR; a last empty line does not count.
  static func lines(_ bytes: [UInt8]) -> [String] {
    var lines = decode(bytes).split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    ).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// A line without white space around it.
  static func trimmed(_ line: String) -> String {
    let rest = line.drop(while: \.isWhitespace)
    guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(rest[...last])
  }
}
