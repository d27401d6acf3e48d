import Foundation
import Reports

/// The messages of an event file, read without the writer's code.
struct EventRecords {
  /// The whole records, in order.
  var messages: [[UInt8]] = []
  /// Whether the file ends with a whole record and every check is right.
  var isIntact = true

  init(_ data: Data) {
    var rest = [UInt8](data)[...]
    while !rest.isEmpty {
      guard rest.count >= 12 else {
        isIntact = false
        return
      }
      let length = Int(Self.number(rest.prefix(8)))
      guard rest.count >= 16 + length else {
        isIntact = false
        return
      }
      let message = rest.dropFirst(12).prefix(length)
      let checks = [rest.dropFirst(8).prefix(4), rest.dropFirst(12 + length).prefix(4)]
      isIntact =
        isIntact && Self.number(checks[0]) == UInt64(Self.masked(rest.prefix(8)))
        && Self.number(checks[1]) == UInt64(Self.masked(message))
      messages.append(Array(message))
      rest = rest.dropFirst(16 + length)
    }
  }

  /// A field of a message: a number (varint, or the bits of a fixed one) or bytes.
  enum Field: Equatable {
    case number(UInt64)
    case bytes([UInt8])
  }

  static func fields(_ message: [UInt8]) -> [(field: Int, value: Field)] {
    var rest = message[...]
    var fields: [(field: Int, value: Field)] = []
    while !rest.isEmpty {
      let key = varint(&rest)
      let value: Field
      switch key & 7 {
      case 0: value = .number(varint(&rest))
      case 1: value = .number(number(take(8, &rest)))
      case 5: value = .number(number(take(4, &rest)))
      default: value = .bytes(Array(take(Int(varint(&rest)), &rest)))
      }
      fields.append((Int(key >> 3), value))
    }
    return fields
  }

  static func messages(_ field: Int, in message: [UInt8]) -> [[UInt8]] {
    fields(message).compactMap {
      if $0.field == field, case .bytes(let bytes) = $0.value { bytes } else { nil }
    }
  }

  static func number(_ field: Int, in message: [UInt8]) -> UInt64? {
    fields(message).compactMap {
      if $0.field == field, case .number(let number) = $0.value { number } else { nil }
    }.first
  }

  /// The scalars of all events.
  var scalars: [(tag: String, step: Int, value: Float)] {
    messages.flatMap { event in
      Self.messages(5, in: event).flatMap { Self.messages(1, in: $0) }.compactMap { value in
        guard let tag = Self.messages(1, in: value).first, let bits = Self.number(2, in: value)
        else { return nil }
        let step = Int(Self.number(2, in: event) ?? 0)
        return (
          String(decoding: tag, as: UTF8.self), step,
          Float(bitPattern: UInt32(truncatingIfNeeded: bits))
        )
      }
    }
  }

  private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    return value
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Bit by bit, unlike the table of the writer.
  private static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return (~crc >> 15 | ~crc << 17) &+ 0xA282_EAD8
  }
}
