import Foundation

/// Reads and writes safetensors files: named tensors behind a JSON header, without executable parts.
///
/// The format is that of <https://github.com/huggingface/safetensors>, and so are the checks.
public enum SafeTensors {
  /// The largest header that the format allows, in bytes.
  static let largestHeader: UInt64 = 100_000_000

  /// All tensors of a file, and the texts that were saved with them.
  ///
  /// - Throws: ``FileError`` when the file cannot be read, ``SafeTensorsError`` when it is not a
  ///   sound safetensors file.
  public static func read(
    _ url: URL
  ) throws -> (tensors: [String: Tensor], metadata: [String: String]) {
    let bytes = try FileContents.bytes(of: url)
    do throws(SafeTensorsError.Problem) {
      let (parts, metadata) = try parse(bytes)
      return (parts.mapValues { $0.tensor() }, metadata)
    } catch {
      throw SafeTensorsError(file: url.relativePath, problem: error)
    }
  }

  /// Writes tensors and texts to a file, which appears whole or not at all.
  ///
  /// Equal tensors give equal bytes, in the order that the `safetensors` package for Python uses.
  ///
  /// - Throws: ``FileError`` when the file cannot be written, ``SafeTensorsError`` for a tensor that
  ///   the format cannot hold (complex128) or the name `__metadata__`.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to url: URL
  ) throws {
    do throws(SafeTensorsError.Problem) {
      for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
        guard name != SafeTensorsHeader.metadataKey else { throw .reservedName(name) }
        guard code(of: tensor.dtype) != nil else {
          throw .unsupportedType(tensor: name, type: tensor.dtype.description)
        }
      }
    } catch {
      throw SafeTensorsError(file: url.relativePath, problem: error)
    }
    let ordered = tensors.sorted { isOrdered(($0.value.dtype, $0.key), ($1.value.dtype, $1.key)) }
    let header = encodedHeader(ordered, metadata: metadata)
    try AtomicFile.write(to: url) { (output) throws(FileError) in
      try output.append(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
      try output.append(header)
      for (_, tensor) in ordered {
        let result = tensor.withUnsafeBytes { bytes in
          Result { () throws(FileError) in try output.append(bytes) }
        }
        try result.get()
      }
    }
  }

  // MARK: Reading

  static func parse(
    _ file: [UInt8]
  ) throws(SafeTensorsError.Problem) -> (tensors: [String: TensorBytes], metadata: [String: String])
  {
    guard file.count >= 8 else { throw .noHeader(bytes: file.count) }
    let length = file[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= largestHeader else { throw .headerTooLarge(bytes: length) }
    guard length <= UInt64(file.count - 8) else {
      throw .headerBeyondEnd(bytes: length, available: file.count - 8)
    }
    let header = try SafeTensorsHeader(parsing: file[8..<8 + Int(length)])
    let data = file[(8 + Int(length))...]
    let sorted = header.entries.sorted { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
    var tensors: [String: TensorBytes] = [:]
    var previous: (name: String, end: UInt64) = ("", 0)
    for entry in sorted {
      tensors[entry.name] = try tensor(entry, in: data, after: previous)
      previous = (entry.name, entry.end)
    }
    let rest = data.count - Int(previous.end)
    guard rest == 0 else { throw .trailingBytes(rest) }
    return (tensors, header.metadata)
  }

  private static func tensor(
    _ entry: SafeTensorsHeader.Entry, in data: ArraySlice<UInt8>,
    after previous: (name: String, end: UInt64)
  ) throws(SafeTensorsError.Problem) -> TensorBytes {
    let name = entry.name
    guard entry.end >= entry.start else {
      throw .reversedOffsets(tensor: name, start: entry.start, end: entry.end)
    }
    guard entry.start >= previous.end else { throw .overlap(tensor: name, previous: previous.name) }
    guard entry.start == previous.end else {
      throw .hole(tensor: name, bytes: entry.start - previous.end)
    }
    guard entry.end <= UInt64(data.count) else {
      throw .dataBeyondEnd(tensor: name, end: entry.end, available: data.count)
    }
    guard let dtype = types.first(where: { $0.code == entry.type })?.dtype else {
      throw foreignTypes.contains(entry.type)
        ? .unsupportedType(tensor: name, type: entry.type)
        : .unknownType(tensor: name, type: entry.type)
    }
    guard let expected = TensorBytes.byteCount(of: entry.shape, dtype: dtype) else {
      throw .invalidShape(tensor: name)
    }
    guard UInt64(expected) == entry.end - entry.start else {
      throw .wrongSize(tensor: name, expected: expected, found: entry.end - entry.start)
    }
    let start = data.startIndex + Int(entry.start)
    return TensorBytes(dtype: dtype, shape: entry.shape, bytes: data[start..<start + expected])
  }

  // MARK: Writing

  private static func encodedHeader(
    _ ordered: [(key: String, value: Tensor)], metadata: [String: String]
  ) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { bytewise($0.key, $1.key) }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      fields.append("\(quoted(SafeTensorsHeader.metadataKey)):{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in ordered {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.count * tensor.dtype.byteCount
      let type = code(of: tensor.dtype) ?? ""
      fields.append(
        "\(quoted(name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    let text = Array("{\(fields.joined(separator: ","))}".utf8)
    return text + Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case ..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The order of tensors in a file: widest types first, then by name.
  private static func isOrdered(_ left: (DType, String), _ right: (DType, String)) -> Bool {
    let ranks = [left.0, right.0].map { dtype in types.firstIndex { $0.dtype == dtype } ?? 0 }
    return ranks[0] == ranks[1] ? bytewise(left.1, right.1) : ranks[0] < ranks[1]
  }

  private static func bytewise(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  // MARK: Types

  private static func code(of dtype: DType) -> String? {
    types.first { $0.dtype == dtype }?.code
  }

  /// The element types, in the order in which a file holds them.
  private static let types: [(dtype: DType, code: String)] = [
    (.int64, "I64"), (.float64, "F64"), (.complex64, "C64"), (.float32, "F32"), (.int32, "I32"),
    (.bfloat16, "BF16"), (.float16, "F16"), (.int16, "I16"), (.int8, "I8"), (.uint8, "U8"),
    (.bool, "BOOL"),
  ]

  /// Element types of the format that tensors here do not have.
  private static let foreignTypes: Set<String> = [
    "U64", "U32", "U16", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F6_E2M3",
    "F6_E3M2", "F4",
  ]
}
