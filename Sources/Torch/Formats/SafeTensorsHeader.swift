/// What stands in front of the data of a safetensors file.
struct SafeTensorsHeader {
  /// What the header says about one tensor; offsets count from the start of the data.
  struct Entry {
    let name: String
    let type: String
    let shape: [Int]
    let start: UInt64
    let end: UInt64
  }

  /// The name under which the metadata stand among the tensors.
  static let metadataKey = "__metadata__"

  private(set) var metadata: [String: String] = [:]
  private(set) var entries: [Entry] = []
  private var currentName: String?

  /// Parses the JSON.
  init(parsing text: ArraySlice<UInt8>) throws(SafeTensorsError.Problem) {
    var scanner = HeaderScanner(text)
    do throws(HeaderScanner.Fault) {
      guard String(validating: text, as: UTF8.self) != nil else {
        throw scanner.fault("not UTF-8 text")
      }
      try scanner.object { (scanner, name) throws(HeaderScanner.Fault) in
        currentName = name
        if name == Self.metadataKey {
          try readMetadata(from: &scanner)
        } else {
          entries.append(try Self.entry(name, from: &scanner))
        }
        currentName = nil
      }
      try scanner.end()
    } catch {
      throw .invalidHeader(
        tensor: currentName, offset: error.offset + text.startIndex, reason: error.problem)
    }
  }

  private mutating func readMetadata(from scanner: inout HeaderScanner) throws(HeaderScanner.Fault)
  {
    if scanner.acceptNull() { return }
    try scanner.object { (scanner, key) throws(HeaderScanner.Fault) in
      metadata[key] = try scanner.string()
    }
  }

  private static func entry(
    _ name: String, from scanner: inout HeaderScanner
  ) throws(HeaderScanner.Fault) -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [UInt64]?
    try scanner.object { (scanner, key) throws(HeaderScanner.Fault) in
      switch key {
      case "dtype": type = try scanner.string()
      case "shape": shape = try numbers(from: &scanner).map { Int(clamping: $0) }
      case "data_offsets": offsets = try numbers(from: &scanner)
      default: try scanner.skipValue()
      }
    }
    guard let type else { throw scanner.fault("'dtype' is missing") }
    guard let shape else { throw scanner.fault("'shape' is missing") }
    guard let offsets else { throw scanner.fault("'data_offsets' is missing") }
    guard offsets.count == 2 else { throw scanner.fault("'data_offsets' needs two numbers") }
    return Entry(name: name, type: type, shape: shape, start: offsets[0], end: offsets[1])
  }

  private static func numbers(
    from scanner: inout HeaderScanner
  ) throws(HeaderScanner.Fault) -> [UInt64] {
    var result: [UInt64] = []
    try scanner.array { (scanner) throws(HeaderScanner.Fault) in
      result.append(try scanner.unsigned())
    }
    return result
  }
}
