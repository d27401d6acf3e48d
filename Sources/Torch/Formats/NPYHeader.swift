/// The header of a NumPy array file: a literal of a Python dictionary with three keys.
struct NPYHeader {
  private(set) var type = ""
  private(set) var isColumnMajor = false
  private(set) var shape: [Int] = []

  private let text: ArraySlice<UInt8>
  private var position: Int

  /// Parses the literal; `text` keeps the indices it has in the file.
  init(parsing text: ArraySlice<UInt8>) throws(NPYError.Problem) {
    self.text = text
    position = text.startIndex
    var missing: Set<String> = ["descr", "fortran_order", "shape"]
    try expect("{")
    while !accept("}") {
      let key = try string()
      guard missing.remove(key) != nil else { throw fault("unexpected or repeated key '\(key)'") }
      try expect(":")
      switch key {
      case "descr": type = try typeName()
      case "fortran_order": isColumnMajor = try truth()
      default: shape = try tuple()
      }
      if accept(",") { continue }
      try expect("}")
      break
    }
    guard missing.isEmpty else { throw fault("'\(missing.sorted()[0])' is missing") }
    skipSpace()
    guard position == text.endIndex else { throw fault("something after the dictionary") }
  }

  /// The element type, and whether its bytes are in the other order than this machine's.
  func elements() throws(NPYError.Problem) -> (dtype: DType, isSwapped: Bool) {
    let kind = type.drop { "<>=|".contains($0) }
    guard type.count - kind.count <= 1,
      let dtype = Self.types.first(where: { $0.kind == kind })?.dtype
    else { throw .unsupportedType(type) }
    return (dtype, type.hasPrefix(">"))
  }

  /// NumPy's names of the element types, without the byte order.
  static let types: [(kind: String, dtype: DType)] = [
    ("f2", .float16), ("f4", .float32), ("f8", .float64), ("i1", .int8), ("i2", .int16),
    ("i4", .int32), ("i8", .int64), ("u1", .uint8), ("b1", .bool), ("c8", .complex64),
    ("c16", .complex128),
  ]

  // MARK: Literals

  private mutating func typeName() throws(NPYError.Problem) -> String {
    skipSpace()
    if text[position...].first == UInt8(ascii: "[") {
      throw .unsupportedType("structured array")
    }
    return try string()
  }

  private mutating func string() throws(NPYError.Problem) -> String {
    skipSpace()
    guard let quote = text[position...].first, "'\"".utf8.contains(quote) else {
      throw fault("expected a string")
    }
    let contents = text[(position + 1)...].prefix { $0 != quote }
    guard contents.endIndex < text.endIndex else { throw fault("a string that does not end") }
    position = contents.endIndex + 1
    return String(decoding: contents, as: UTF8.self)
  }

  private mutating func truth() throws(NPYError.Problem) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw fault("expected True or False")
  }

  private mutating func tuple() throws(NPYError.Problem) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !accept(")") {
      sizes.append(try size())
      if accept(",") { continue }
      guard sizes.count > 1 else { throw fault("expected ','") }
      try expect(")")
      break
    }
    return sizes
  }

  private mutating func size() throws(NPYError.Problem) -> Int {
    skipSpace()
    let digits = text[position...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard !digits.isEmpty else { throw fault("expected a size") }
    guard let size = Int(String(decoding: digits, as: UTF8.self)) else { throw .invalidShape }
    position = digits.endIndex
    // Python 2 marked long numbers so.
    if text[position...].first == UInt8(ascii: "L") { position += 1 }
    return size
  }

  // MARK: Characters

  private func fault(_ reason: String) -> NPYError.Problem {
    .invalidHeader(offset: position, reason: reason)
  }

  private mutating func skipSpace() {
    while let byte = text[position...].first, " \t\n\r".utf8.contains(byte) { position += 1 }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard text[position...].first == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(NPYError.Problem) {
    guard accept(character) else { throw fault("expected '\(character)'") }
  }
}
