extension JSONValue {
  /// The text of the tree as JSON (RFC 8259), the same bytes for the same tree on every machine.
  ///
  /// Numbers are written with the fewest digits that read back to the same value; whole numbers of
  /// type `Double` keep their ".0". Numbers that are not finite become null.
  ///
  /// - Parameters:
  ///   - pretty: one member a line, indented by two spaces, with a line feed at the end; arrays that
  ///     hold only numbers, texts and truth values stay on one line.
  ///   - sortedKeys: members by the code units of their keys instead of in their own order.
  public func text(pretty: Bool = false, sortedKeys: Bool = false) -> String {
    var writer = JSONWriter(pretty: pretty, sortedKeys: sortedKeys)
    writer.write(self, depth: 0)
    if pretty { writer.text.append("\n") }
    return writer.text
  }

  fileprivate var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}

private struct JSONWriter {
  let pretty: Bool
  let sortedKeys: Bool
  var text = ""

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: text.append("null")
    case .bool(let bool): text.append(bool ? "true" : "false")
    case .integer(let integer): text.append("\(integer)")
    case .unsigned(let integer): text.append("\(integer)")
    case .number(let number): text.append(number.isFinite ? "\(number)" : "null")
    case .string(let string): write(string)
    case .array(let values): write(values, depth: depth)
    case .object(let object): write(object, depth: depth)
    }
  }

  private mutating func write(_ values: [JSONValue], depth: Int) {
    let isShort = values.allSatisfy(\.isScalar)
    text.append("[")
    for (index, value) in values.enumerated() {
      if index > 0 { text.append(pretty && isShort ? ", " : ",") }
      if !isShort { breakLine(depth + 1) }
      write(value, depth: depth + 1)
    }
    if !isShort { breakLine(depth) }
    text.append("]")
  }

  private mutating func write(_ object: JSONObject, depth: Int) {
    var members = object.members
    if sortedKeys {
      members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
    text.append("{")
    for (index, member) in members.enumerated() {
      if index > 0 { text.append(",") }
      breakLine(depth + 1)
      write(member.key)
      text.append(pretty ? ": " : ":")
      write(member.value, depth: depth + 1)
    }
    if !members.isEmpty { breakLine(depth) }
    text.append("}")
  }

  private mutating func breakLine(_ depth: Int) {
    guard pretty else { return }
    text.append("\n")
    text.append(String(repeating: "  ", count: depth))
  }

  private mutating func write(_ string: String) {
    text.append("\"")
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text.append("\\\"")
      case "\\": text.append("\\\\")
      case "\n": text.append("\\n")
      case "\r": text.append("\\r")
      case "\t": text.append("\\t")
      // Line separators end a line in old JavaScript, and JSON is also inlined into pages.
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        text.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text.append("\"")
  }
}
