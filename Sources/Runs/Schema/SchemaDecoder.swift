/// Which keys a type asked for while it was decoded.
final class SchemaRecorder {
  struct Property {
    let key: String
    let type: any Decodable.Type
    let isRequired: Bool
  }

  private(set) var properties: [Property] = []

  func add(_ key: String, _ type: any Decodable.Type, isRequired: Bool) {
    guard !properties.contains(where: { $0.key == key }) else { return }
    properties.append(Property(key: key, type: type, isRequired: isRequired))
  }
}

/// A decoder that has no data: it notes what it is asked for and answers with made-up values.
struct SchemaDecoder: Decoder {
  let recorder: SchemaRecorder
  /// Whether keys that need not be there are there.
  let hasOptionals: Bool

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(SchemaKeyedContainer<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { SchemaUnkeyedContainer() }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    SchemaScalarContainer(decoder: self)
  }

  /// A value of a type, made of nothing.
  static func sample<Value: Decodable>(_ type: Value.Type, hasOptionals: Bool) throws -> Value {
    let samples: [Any] = [false, "", 0, UInt64(0), 0.0, Float(0)]
    if let value = samples.lazy.compactMap({ $0 as? Value }).first,
      !(type is any SchemaContainer.Type)
    {
      return value
    }
    if let type = type as? any CaseIterable.Type, let value = first(of: type) as? Value {
      return value
    }
    return try Value(
      from: SchemaDecoder(recorder: SchemaRecorder(), hasOptionals: hasOptionals))
  }

  private static func first<Cases: CaseIterable>(of type: Cases.Type) -> Any? {
    type.allCases.first
  }
}

private struct SchemaKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: SchemaDecoder
  private let asked = AskedKeys()

  init(decoder: SchemaDecoder) { self.decoder = decoder }

  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  /// Asked before a key is decoded that need not be there.
  func contains(_ key: Key) -> Bool {
    asked.keys.insert(key.stringValue)
    return decoder.hasOptionals
  }

  func decodeNil(forKey key: Key) -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    decoder.recorder.add(
      key.stringValue, type, isRequired: !asked.keys.contains(key.stringValue))
    return try SchemaDecoder.sample(type, hasOptionals: decoder.hasOptionals)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> { throw SchemaGap() }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw SchemaGap()
  }

  func superDecoder() throws -> any Decoder { throw SchemaGap() }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw SchemaGap() }
}

/// Keys that a type looked for before it decoded them.
private final class AskedKeys {
  var keys: Set<String> = []
}

private struct SchemaScalarContainer: SingleValueDecodingContainer {
  let decoder: SchemaDecoder
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try SchemaDecoder.sample(type, hasOptionals: decoder.hasOptionals)
  }
}

private struct SchemaUnkeyedContainer: UnkeyedDecodingContainer {
  var codingPath: [any CodingKey] { [] }
  var count: Int? { 0 }
  var isAtEnd: Bool { true }
  var currentIndex: Int { 0 }

  mutating func decodeNil() throws -> Bool { true }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { throw SchemaGap() }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> { throw SchemaGap() }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw SchemaGap()
  }

  mutating func superDecoder() throws -> any Decoder { throw SchemaGap() }
}

/// What cannot be made up: the type describes itself by ``SchemaDescribing`` instead.
private struct SchemaGap: Error {}
