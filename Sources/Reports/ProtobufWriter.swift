/// Writes the few protocol buffer fields that event files need, in the order of the calls.
///
/// Source: "Encoding", protobuf.dev/programming-guides/encoding.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  /// A whole number of seven bits a byte.
  mutating func varint(_ field: Int, _ value: Int64) {
    key(field, wire: 0)
    append(varint: UInt64(bitPattern: value))
  }

  /// A 64-bit number.
  mutating func double(_ field: Int, _ value: Double) {
    key(field, wire: 1)
    append(littleEndian: value.bitPattern)
  }

  /// A 32-bit number; what is too large for one becomes infinite.
  mutating func float(_ field: Int, _ value: Float) {
    key(field, wire: 5)
    append(littleEndian: value.bitPattern)
  }

  /// A text.
  mutating func string(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

  /// A message in the message; an empty one says that it is there.
  mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    bytes(field, inner.bytes)
  }

  /// Bytes as they are.
  mutating func bytes(_ field: Int, _ content: [UInt8]) {
    key(field, wire: 2)
    append(varint: UInt64(content.count))
    bytes += content
  }

  private mutating func key(_ field: Int, wire: UInt64) {
    append(varint: UInt64(field) << 3 | wire)
  }

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A number without a key, lowest byte first.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
