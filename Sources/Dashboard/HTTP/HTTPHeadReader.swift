/// Reads the head of a request (RFC 9112) from bytes as they come, and never keeps more than a bound.
struct HTTPHeadReader {
  /// The longest head, in bytes.
  static let longest = 16_384
  /// How many fields there may be.
  static let mostFields = 64

  private var bytes: [UInt8] = []
  /// How many of them were searched for the end.
  private var searched = 0

  /// Takes bytes; returns the request when its head is complete.
  ///
  /// - Throws: ``HTTPRefusal`` for what is no request, or too long a one.
  mutating func append(_ more: [UInt8]) throws(HTTPRefusal) -> HTTPRequest? {
    bytes += more
    if let end = end() { return try Self.request(bytes[..<end]) }
    if bytes.count > RequestTarget.longest + 64,
      !bytes.prefix(RequestTarget.longest + 64).contains(10)
    {
      throw HTTPRefusal(
        .targetTooLong, "the address is longer than \(RequestTarget.longest) bytes")
    }
    guard bytes.count <= Self.longest else { throw Self.tooLarge }
    return nil
  }

  private static let tooLarge = HTTPRefusal(
    .headersTooLarge, "the head of the request is longer than \(longest) bytes")

  /// The place of the empty line.
  private mutating func end() -> Int? {
    defer { searched = max(0, bytes.count - 3) }
    for index in searched..<bytes.count where bytes[index] == 10 {
      let rest = bytes[(index + 1)...]
      if rest.starts(with: [13, 10]) || rest.starts(with: [10]) { return index }
    }
    return nil
  }

  private static func request(_ head: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPRequest {
    guard head.count <= longest else { throw tooLarge }
    var lines = head.split(separator: 10, omittingEmptySubsequences: false).map { line in
      line.last == 13 ? line.dropLast() : line
    }[...]
    guard let first = lines.popFirst().flatMap(text) else {
      throw HTTPRefusal(.badRequest, "this is no request")
    }
    let words = first.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy({ $0.isASCII && $0.isLetter })
    else { throw HTTPRefusal(.badRequest, "this is no request") }
    guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
      throw words[2].hasPrefix("HTTP/")
        ? HTTPRefusal(.versionNotSupported, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        : HTTPRefusal(.badRequest, "this is no request")
    }
    guard lines.count <= mostFields else {
      throw HTTPRefusal(.headersTooLarge, "the request has more than \(mostFields) fields")
    }
    var fields: [(name: String, value: String)] = []
    for line in lines { fields.append(try field(line)) }
    return HTTPRequest(
      method: String(words[0]), target: try RequestTarget(String(words[1])), fields: fields)
  }

  private static func field(
    _ line: ArraySlice<UInt8>
  ) throws(HTTPRefusal) -> (name: String, value: String) {
    let refusal = HTTPRefusal(.badRequest, "a field of the request is not written as it should be")
    guard let text = text(line), let colon = text.firstIndex(of: ":") else { throw refusal }
    let name = text[..<colon]
    let isName = name.utf8.allSatisfy { $0 > 32 && $0 < 127 }
    guard !name.isEmpty, isName else { throw refusal }
    let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    let end = value.lastIndex { $0 != " " && $0 != "\t" }
    return (name.lowercased(), end.map { String(value[...$0]) } ?? "")
  }

  /// Text without control characters.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.allSatisfy({ ($0 >= 32 && $0 != 127) || $0 == 9 }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
