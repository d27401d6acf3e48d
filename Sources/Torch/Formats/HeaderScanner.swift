import Foundation

/// A strict scanner for the JSON in a safetensors header.
///
/// It reports duplicate keys and the offset of every fault, which Foundation's parser does not.
struct HeaderScanner {
  /// What was wrong, and at which byte of the header.
  struct Fault: Error {
    let offset: Int
    let problem: String
  }

  /// Values that the format does not know are skipped, but not nested deeper than this.
  private static let deepestNesting = 64

  private let text: ArraySlice<UInt8>
  private var position: Int

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    position = text.startIndex
  }

  /// A fault at the place reached so far.
  func fault(_ problem: String) -> Fault {
    Fault(offset: position - text.startIndex, problem: problem)
  }

  /// Reads `{ "key": value, … }`, where `value` reads one value.
  mutating func object(
    _ value: (inout HeaderScanner, _ key: String) throws(Fault) -> Void
  ) throws(Fault) {
    try expect("{", "an object")
    var keys: Set<String> = []
    if accept("}") { return }
    repeat {
      let beforeKey = self
      let key = try string()
      guard keys.insert(key).inserted else {
        throw beforeKey.fault("the key '\(key)' stands twice")
      }
      try expect(":", "':'")
      try value(&self, key)
    } while accept(",")
    try expect("}", "',' or '}'")
  }

  /// Reads `[ value, … ]`, where `value` reads one value.
  mutating func array(
    _ value: (inout HeaderScanner) throws(Fault) -> Void
  ) throws(Fault) {
    try expect("[", "an array")
    if accept("]") { return }
    repeat { try value(&self) } while accept(",")
    try expect("]", "',' or ']'")
  }

  /// Reads a whole number that is not negative.
  mutating func unsigned() throws(Fault) -> UInt64 {
    skipSpace()
    let digits = text[position...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard !digits.isEmpty else { throw fault("expected a whole number that is not negative") }
    guard digits.count == 1 || digits.first != UInt8(ascii: "0"),
      let number = UInt64(String(decoding: digits, as: UTF8.self))
    else { throw fault("not a number of at most 64 bits") }
    position = digits.endIndex
    if let next = text[position...].first, ".eE".utf8.contains(next) {
      throw fault("expected a whole number")
    }
    return number
  }

  /// Reads a string.
  mutating func string() throws(Fault) -> String {
    try expect("\"", "a string")
    var result: [UInt8] = []
    while let byte = text[position...].first {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: result, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        result.append(contentsOf: String(try escaped()).utf8)
      case ..<0x20: throw fault("a control character inside a string")
      default:
        result.append(byte)
        position += 1
      }
    }
    throw fault("a string that does not end")
  }

  /// Reads `null` if it is next.
  mutating func acceptNull() -> Bool {
    skipSpace()
    guard text[position...].starts(with: "null".utf8) else { return false }
    position += 4
    return true
  }

  /// Reads a value of any kind and forgets it.
  mutating func skipValue(depth: Int = 0) throws(Fault) {
    guard depth < Self.deepestNesting else { throw fault("values nested too deeply") }
    skipSpace()
    switch text[position...].first {
    case UInt8(ascii: "{"):
      try object { (scanner, _) throws(Fault) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try array { (scanner) throws(Fault) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    default:
      let word = text[position...].prefix { !",]} \t\n\r".utf8.contains($0) }
      let value = String(decoding: word, as: UTF8.self)
      let isNumber = value.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
      guard ["true", "false", "null"].contains(value) || isNumber && Double(value) != nil else {
        throw fault("expected a value")
      }
      position = word.endIndex
    }
  }

  /// Makes sure that nothing but space follows.
  mutating func end() throws(Fault) {
    skipSpace()
    guard position == text.endIndex else { throw fault("something after the end of the object") }
  }

  // MARK: Characters

  private mutating func skipSpace() {
    while let byte = text[position...].first, " \t\n\r".utf8.contains(byte) { position += 1 }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard text[position...].first == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ name: String) throws(Fault) {
    guard accept(character) else { throw fault("expected \(name)") }
  }

  private mutating func escaped() throws(Fault) -> Unicode.Scalar {
    guard let byte = text[position...].first else { throw fault("a string that does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default:
      position -= 1
      throw fault("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(Fault) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, text[position...].starts(with: "\\u".utf8) else {
      throw fault("half of a surrogate pair")
    }
    position += 2
    let second = try hexadecimal()
    guard 0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    let digits = text[position...].prefix(4)
    let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard digits.count == 4, isHexadecimal,
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("expected four hexadecimal digits") }
    position = digits.endIndex
    return value
  }
}
