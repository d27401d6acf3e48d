extension JSONValue: Codable {
  /// A tree from any decoder; objects come out by ascending key, since decoders keep no order.
  public init(from decoder: any Decoder) throws {
    if let members = try? decoder.container(keyedBy: JSONKey.self) {
      let keys = members.allKeys.sorted { $0.stringValue < $1.stringValue }
      self = .object(
        JSONObject(
          try keys.map { ($0.stringValue, try members.decode(JSONValue.self, forKey: $0)) }))
      return
    }
    if var elements = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !elements.isAtEnd { values.append(try elements.decode(JSONValue.self)) }
      self = .array(values)
      return
    }
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let value = try? single.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? single.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? single.decode(UInt64.self) {
      self = .unsigned(value)
    } else if let value = try? single.decode(Double.self) {
      self = .number(value)
    } else {
      self = .string(try single.decode(String.self))
    }
  }

  /// Writes the tree into any encoder; numbers that are not finite become null.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .array(let values):
      var elements = encoder.unkeyedContainer()
      for value in values { try elements.encode(value) }
    case .object(let object):
      var members = encoder.container(keyedBy: JSONKey.self)
      for member in object.members {
        try members.encode(member.value, forKey: JSONKey(member.key))
      }
    default:
      var single = encoder.singleValueContainer()
      try encodeScalar(into: &single)
    }
  }

  private func encodeScalar(into single: inout any SingleValueEncodingContainer) throws {
    switch self {
    case .bool(let value): try single.encode(value)
    case .integer(let value): try single.encode(value)
    case .unsigned(let value): try single.encode(value)
    case .number(let value) where value.isFinite: try single.encode(value)
    case .string(let value): try single.encode(value)
    default: try single.encodeNil()
    }
  }
}

private struct JSONKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ key: String) { stringValue = key }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { return nil }
}
